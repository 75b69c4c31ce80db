import { debugCalls } from '../debug/debug-calls.ts'
import { resolveBackend } from '../pool/backend-registry.ts'
import type { Backend } from '../pool/backend.ts'
import type { Scheduler } from '../pool/scheduler.ts'
import { isDebugged } from '../settings/debug-settings.ts'
import { newScheduler } from './new-scheduler.ts'
import type { RunHost } from './run-host.ts'
import type { Run } from './run.ts'

/** Where the tasks of a run get their workers from: its host, or this thread under the debugger. */
export function hostFor(run: Run, host: RunHost): RunHost {
  return isDebugged(run.settings) ? debugHost(host, run) : host
}

/** This thread, with the debugger around each call, in the place of a host's workers. They end with the run. */
function debugHost(host: RunHost, run: Run): RunHost {
  const { inspect = false, copy } = run.settings
  let making: Promise<Scheduler> | undefined
  const make = async (): Promise<Scheduler> => {
    const around = debugCalls({ inspect, onQuit: () => run.halt('soon', 'it was quit in the debugger', 'quit') })
    const serial = await resolveBackend('serial', copy)
    const backend: Backend = { ...serial, start: (spec, events) => serial.start({ ...spec, around }, events) }
    const scheduler = await newScheduler(backend, 1, { ...(host.init && { init: host.init }) })
    run.onEnd(() => void scheduler.shutDown(true))
    return scheduler
  }
  return {
    workers: 1,
    own: host.own,
    places: host.places,
    open: () => host.open(),
    scheduler: () => (making ??= make()),
    ship: (fn, options) => host.ship(fn, options),
    enter: (one) => host.enter(one),
    leave: (one) => host.leave(one),
  }
}
