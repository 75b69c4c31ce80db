import { Connector } from '../backends/nats/connector.ts'
import { NatsBackend } from '../backends/nats/nats-backend.ts'
import type { Backend } from '../pool/backend/backend.ts'
import { type NatsOptions, readNatsOptions } from './nats-settings.ts'

/**
 * Workers on other machines, reached through a NATS server: for `backend` of a pool or run.
 *
 * Connects with the first task. Workers are started with `manyhands worker MODULE…` or `runWorker()`, before or after; all
 * workers of the group are used. A task whose worker is lost runs again, up to three times unless `workerDeaths` is set;
 * each task has exactly one outcome, whatever happens to workers and broker.
 *
 * A run rejects with a {@link BackendError} if no broker answers for 10 s, or it refuses the credentials.
 *
 * @example await map(files, resize, { backend: nats({ servers: 'nats://host:4222' }) })
 *
 * @throws {InvalidArgumentError} for unknown options and wrong values.
 */
export function nats(options?: NatsOptions): Backend {
  const { connect, maxQueue } = readNatsOptions(options)
  return new NatsBackend(new Connector(connect, maxQueue))
}
