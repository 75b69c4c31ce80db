import { Connector } from '../backends/nats/connector.ts'
import { NatsBackend } from '../backends/nats/nats-backend.ts'
import type { Backend } from '../pool/backend/backend.ts'
import { type NatsOptions, readNatsOptions } from './nats-settings.ts'

/**
 * Workers on other machines, reached through a NATS server: for `backend` of a pool or run.
 *
 * Nothing is connected until the first task. Workers are started with `manyhands worker MODULE…` or `runWorker()`, before
 * or after; as many as there are in the group are used. A task whose worker is lost runs again, three times where
 * `workerDeaths` does not say otherwise; each has exactly one outcome here, whatever becomes of workers and broker.
 *
 * A run rejects with a {@link BackendError} where no broker answers for 10 s, or it refuses the credentials.
 *
 * @throws {InvalidArgumentError} for unknown options and wrong values.
 */
export function nats(options?: NatsOptions): Backend {
  const { connect, maxQueue } = readNatsOptions(options)
  return new NatsBackend(new Connector(connect, maxQueue))
}
