import { CaptureError, UnsupportedError } from '../../errors/argument-errors.ts'
import { WorkerStartError } from '../../errors/worker-errors.ts'
import { prepareFunctions } from '../../pool/functions/prepare.ts'
import type { RunSettings } from '../../settings/run-settings.ts'
import { defaultHost } from './default-host.ts'
import type { RunHost } from './run-host.ts'

/** Returns true if a run whose workers failed with this error may continue in this thread. Emits one warning if so. */
export function fallsBack(settings: RunSettings, error: unknown): boolean {
  if (settings.fallback !== 'serial') return false
  if (!(error instanceof CaptureError || error instanceof UnsupportedError || error instanceof WorkerStartError))
    return false
  process.emitWarning(`running in this thread, one task after the other: ${error.message}`, {
    type: 'ManyhandsWarning',
    code: 'MH_FALLBACK',
  })
  return true
}

/** Makes a host that runs tasks in this thread instead of a host's workers. Functions are called as they are. */
export function serialHost(host: RunHost): RunHost {
  const serial = defaultHost({ backend: 'serial' }, 1)
  return {
    ...serial,
    prepare: (fn, options) => prepareFunctions(fn, { ...options, live: true }),
    enter: (run) => host.enter(run),
    leave: (run) => host.leave(run),
  }
}
