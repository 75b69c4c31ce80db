import { pathToFileURL } from 'node:url'

import { type AgentEvent, Agent } from '../backends/nats/agent/agent.ts'
import type { Offer } from '../backends/nats/messages/offer.ts'
import { processes } from '../backends/processes/processes-backend.ts'
import { callback, flag } from '../options/checks.ts'
import { readOptions } from '../options/read-options.ts'
import { availableWorkers, workers } from '../options/workers.ts'
import { allowedModules, moduleList } from './allowed-modules.ts'
import { CONNECT_TABLE, connectOptions, type BrokerOptions } from './nats-settings.ts'

/** The options of workers that this process runs for other machines. */
export interface WorkerOptions extends BrokerOptions {
  /** Tasks at once, each in a process of its own; as `map`'s. @defaultValue the cores that this process may use */
  readonly workers?: number | undefined
  /** Modules whose exports clients may run (paths from the working directory, URLs, or packages), and no others. */
  readonly modules: readonly (string | URL)[]
  /** Also run functions that clients send as source, and any module. @defaultValue false */
  readonly allowCode?: boolean | undefined
  /** Run modules even if their code differs from the client's. @defaultValue false */
  readonly allowSkew?: boolean | undefined
  /** Called with each event, synchronously: connections, workers lent and returned. */
  readonly onEvent?: ((event: AgentEvent) => void) | undefined
}

/** Workers that run. */
export interface RunningWorkers {
  /** Returns the state of the workers: load, sessions, and what they allow. */
  status(): Offer
  /**
   * Takes no more work, lets running tasks end within `ms` milliseconds (30,000), returns the rest to the clients, and ends.
   */
  drain(ms?: number): Promise<void>
}

const TABLE = {
  ...CONNECT_TABLE,
  workers,
  modules: moduleList,
  allowCode: flag,
  allowSkew: flag,
  onEvent: callback<(event: AgentEvent) => void>('a function (event) => void'),
}

const DRAIN_MS = 30_000

/**
 * Runs workers for clients of a group, until `drain()` is called: what `manyhands worker` does.
 *
 * Resolves when it is connected; tries for ever if there is no broker yet. Each client gets processes of its own, so that
 * no client can harm another's tasks, and clients share the time of the workers. Secrets in this process's `NATS_URL` and `NATS_CREDS`
 * are not passed to tasks.
 *
 * @throws {InvalidArgumentError} for unknown options, wrong values, and modules that are not there.
 * @throws {BackendError} if the broker refuses the credentials, or has no JetStream.
 */
export async function runWorker(options: WorkerOptions): Promise<RunningWorkers> {
  const {
    workers: slots = availableWorkers(),
    modules = [],
    allowCode,
    allowSkew,
    onEvent,
    ...connect
  } = readOptions(options, TABLE)
  const agent = await Agent.start(
    {
      connect: connectOptions(connect),
      slots,
      modules: allowedModules(modules, pathToFileURL(`${process.cwd()}/`).href),
      allowCode: allowCode ?? false,
      allowSkew: allowSkew ?? false,
      onEvent: onEvent ?? (() => {}),
    },
    processes({ guarded: true }),
  )
  return { status: () => agent.offer, drain: (ms = DRAIN_MS) => agent.drain(ms) }
}
