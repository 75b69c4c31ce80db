import { checkBroker } from '../backends/nats/connection/check-broker.ts'
import { Connection } from '../backends/nats/connection/connection.ts'
import { newName, subjectsOf } from '../backends/nats/connection/subjects.ts'
import { type Offer, parseOffer } from '../backends/nats/messages/offer.ts'
import { BackendError } from '../errors/worker-errors.ts'
import { type BrokerOptions, readBrokerOptions } from './nats-settings.ts'

/** Time limits, in milliseconds: of connecting, and between two answers of workers. */
const PATIENCE_MS = 2_000
const QUIET_MS = 300

/** A connection by which the workers of a group can be asked again and again. */
export interface GroupWatch {
  /**
   * Resolves to the offers of all agents that answer now: their load, and the modules that they run.
   *
   * @throws {BackendError} if the broker does not answer now.
   */
  offers(): Promise<readonly Offer[]>
  close(): Promise<void>
}

/**
 * Connects to the broker of a group, to ask. Nothing else is published.
 *
 * @throws {BackendError} if there is no broker, or it refuses the credentials.
 */
export async function watchGroup(options?: BrokerOptions): Promise<GroupWatch> {
  const connect = readBrokerOptions(options)
  const subjects = subjectsOf(connect.group)
  const connection = await Connection.open(connect, PATIENCE_MS)
  try {
    await checkBroker(connection)
  } catch (error) {
    await connection.close()
    throw error
  }
  const inbox = `${subjects.inbox}.${newName()}`
  let take: (offer: Offer) => void = () => {}
  connection.subscribe(inbox, (data) => {
    const offer = parseOffer(data)
    if (offer !== undefined) take(offer)
  })
  return {
    offers: async () => {
      if (connection.upSince === undefined) throw new BackendError('the broker does not answer')
      const offers = untilQuiet((listener) => (take = listener))
      connection.publish(subjects.ask, '{}', inbox)
      return offers
    },
    close: () => connection.close(),
  }
}

/** Resolves to the offers of all agents of a group that answer now. @throws {BackendError} as `watchGroup`. */
export async function groupStatus(options?: BrokerOptions): Promise<readonly Offer[]> {
  const group = await watchGroup(options)
  try {
    return await group.offers()
  } finally {
    await group.close()
  }
}

/** Collects offers until none has come for `QUIET_MS`. */
function untilQuiet(listen: (take: (offer: Offer) => void) => void): Promise<readonly Offer[]> {
  return new Promise((resolve) => {
    const offers: Offer[] = []
    const done = (): void => resolve(offers.toSorted((a, b) => (a.host < b.host ? -1 : 1)))
    let timer = setTimeout(done, QUIET_MS)
    listen((offer) => {
      offers.push(offer)
      clearTimeout(timer)
      timer = setTimeout(done, QUIET_MS)
    })
  })
}
