import { UnsupportedError } from '../../errors/argument-errors.ts'
import { printDirectly } from '../../logs/print.ts'
import { Observers } from '../../observe/observers.ts'
import type { Backend } from '../../pool/backend/backend.ts'
import { prepareFunctions } from '../../pool/functions/prepare.ts'
import { warnOfLateError } from '../../pool/outcomes/warnings.ts'
import { Dispatcher } from '../../pool/scheduling/dispatcher.ts'
import { POOL_DEFAULTS, type PoolSettings } from '../../settings/pool-settings.ts'
import { CallerContext } from '../../util/caller-context.ts'

/** A task without a timeout that runs for longer than this, in milliseconds, may never end: a warning says so. */
const WARN_AFTER_MS = 600_000

/** Makes a dispatcher of a backend with a pool's settings. Throws a `CaptureError` if its `init` cannot be sent. */
export async function newDispatcher(shared: Backend, workers: number, settings: PoolSettings): Promise<Dispatcher> {
  const backend = shared.forPool?.() ?? shared
  const { capabilities } = backend
  const { idleTimeout, initTimeout, maxTasks } = { ...POOL_DEFAULTS, ...settings }
  if (capabilities.remote === true) refuseLocal(backend.name, settings)
  const [init] =
    settings.init === undefined ? [] : await prepareFunctions(settings.init, { role: 'init', capabilities })
  return new Dispatcher(capabilities.parallel ? workers : 1, {
    backend,
    init,
    env: settings.env,
    execArgv: settings.execArgv,
    resourceLimits: settings.resourceLimits,
    idleTimeout,
    initTimeout,
    warnAfter: WARN_AFTER_MS,
    maxTasks,
    maxMemory: settings.maxMemory ?? Infinity,
    onStrayLog: ({ stream, text }) => settings.logs === 'off' || printDirectly(stream, text),
    observers: settings.observe && new Observers(settings.observe, new CallerContext()),
    onLateError: warnOfLateError,
  })
}

/** Refuses options that configure the start of a worker: workers of a remote backend are started elsewhere. */
function refuseLocal(name: string, settings: PoolSettings): void {
  for (const option of ['env', 'execArgv', 'resourceLimits'] as const) {
    if (settings[option] === undefined) continue
    throw new UnsupportedError(`option "${option}" is not supported on ${name}: set it when you start the workers`)
  }
}
