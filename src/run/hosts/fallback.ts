import { CaptureError, UnsupportedError } from '../../errors/argument-errors.ts'
import { PayloadTooLargeError, SerializationError } from '../../errors/task-errors.ts'
import { WorkerStartError } from '../../errors/worker-errors.ts'
import { prepareFunctions } from '../../pool/functions/prepare.ts'
import type { RunSettings } from '../../settings/run-settings.ts'
import { defaultHost } from './default-host.ts'
import type { RunHost } from './run-host.ts'

/** Errors of a run whose function, or a constant of it, cannot be sent, or that has no workers. */
const REASONS = [CaptureError, SerializationError, PayloadTooLargeError, UnsupportedError, WorkerStartError] as const

/** Returns true if a run whose workers failed with this error may continue in this thread. Emits one warning if so. */
export function fallsBack(settings: RunSettings, error: unknown): boolean {
  if (settings.fallback !== 'serial') return false
  if (!REASONS.some((Reason) => error instanceof Reason)) return false
  warnOfFallback('running in this thread, one task after the other', error as Error)
  return true
}

export function warnOfFallback(what: string, error: Error): void {
  process.emitWarning(`${what}: ${error.message}`, { type: 'ManyhandsWarning', code: 'MH_FALLBACK' })
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
