import { debugCalls } from '../../debug/debug-calls.ts'
import type { Backend } from '../../pool/backend/backend.ts'
import { resolveBackend } from '../../pool/backend/registry.ts'
import type { Dispatcher } from '../../pool/scheduling/dispatcher.ts'
import { isDebugged } from '../../settings/run-settings.ts'
import type { RunContext } from '../plan.ts'
import { newDispatcher } from './new-dispatcher.ts'
import type { RunHost } from './run-host.ts'

/** Returns the host whose workers a run uses: its own, or this thread under the debugger. */
export function hostFor(run: RunContext, host: RunHost): RunHost {
  return isDebugged(run.settings) ? debugHost(host, run) : host
}

/** Makes a host that runs tasks in this thread, with the debugger around each call. Its worker ends with the run. */
function debugHost(host: RunHost, run: RunContext): RunHost {
  const { inspect, copy } = run.settings
  let making: Promise<Dispatcher> | undefined
  const make = async (): Promise<Dispatcher> => {
    const around = debugCalls({ inspect, onQuit: () => run.halt('soon', 'it was quit in the debugger', 'quit') })
    const serial = await resolveBackend('serial', copy)
    const backend: Backend = { ...serial, start: (spec, events) => serial.start({ ...spec, around }, events) }
    const dispatcher = await newDispatcher(backend, 1, { ...(host.init && { init: host.init }) })
    run.onEnd(() => void dispatcher.shutDown(true))
    return dispatcher
  }
  return {
    workers: 1,
    own: host.own,
    slots: host.slots,
    open: () => host.open(),
    dispatcher: () => (making ??= make()),
    prepare: (fn, options) => host.prepare(fn, options),
    enter: (one) => host.enter(one),
    leave: (one) => host.leave(one),
  }
}
