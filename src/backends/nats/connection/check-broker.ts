import { BackendError } from '../../../errors/worker-errors.ts'
import type { Connection } from './connection.ts'
import { subjectsOf } from './subjects.ts'

/** @throws {BackendError} if the server has no JetStream, or the account has no permission for the group. */
export async function checkBroker(connection: Connection): Promise<void> {
  const { nats, options } = connection
  if (nats.info?.jetstream !== true) {
    throw new BackendError(
      `the NATS server at ${nats.getServer()} runs without JetStream: start it with "nats-server -js", or with "manyhands broker"`,
    )
  }
  let refused = false
  const { group } = options
  const trial = nats.subscribe(subjectsOf(group).offers, {
    callback: (error) => {
      refused ||= error !== null
    },
  })
  // The server reports a missing permission before it answers the flush.
  connection.hold(true)
  await nats.flush()
  connection.hold(false)
  trial.unsubscribe()
  if (!refused) return
  throw new BackendError(
    `the broker at ${nats.getServer()} does not let this account use group "${group}": ` +
      'name another group, or give the account permissions for its subjects',
  )
}
