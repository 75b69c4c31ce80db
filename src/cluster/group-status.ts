import { checkBroker } from '../backends/nats/connection/check-broker.ts'
import { Connection } from '../backends/nats/connection/connection.ts'
import { newName, subjectsOf } from '../backends/nats/connection/subjects.ts'
import { type Offer, parseOffer } from '../backends/nats/messages/offer.ts'
import { type BrokerOptions, readBrokerOptions } from './nats-settings.ts'

/** Time limits, in milliseconds: of connecting, and between two answers of workers. */
const PATIENCE_MS = 2_000
const QUIET_MS = 300

/**
 * Resolves to the offers of all agents of a group that answer now: their load, and the modules that they run.
 *
 * @throws {BackendError} if there is no broker, or it refuses the credentials.
 */
export async function groupStatus(options?: BrokerOptions): Promise<readonly Offer[]> {
  const connect = readBrokerOptions(options)
  const subjects = subjectsOf(connect.group)
  const connection = await Connection.open(connect, PATIENCE_MS)
  try {
    await checkBroker(connection)
    return await offersOf(connection, subjects.ask, `${subjects.inbox}.${newName()}`)
  } finally {
    await connection.close()
  }
}

function offersOf(connection: Connection, ask: string, inbox: string): Promise<readonly Offer[]> {
  return new Promise((resolve) => {
    const offers: Offer[] = []
    const done = (): void => resolve(offers.toSorted((a, b) => (a.host < b.host ? -1 : 1)))
    let timer = setTimeout(done, QUIET_MS)
    connection.subscribe(inbox, (data) => {
      const offer = parseOffer(data)
      if (offer !== undefined) offers.push(offer)
      clearTimeout(timer)
      timer = setTimeout(done, QUIET_MS)
    })
    connection.publish(ask, '{}', inbox)
  })
}
