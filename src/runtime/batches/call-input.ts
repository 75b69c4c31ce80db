import type { AroundCall } from '../../task/task-call.ts'
import type { LoadedFunction } from '../functions/loaded-function.ts'
import type { RunningBatch } from './running-batch.ts'

/** Returns the input of an item, after its key was made if that is asked for. */
export function inputOf(batch: RunningBatch, item: number, fn: LoadedFunction): unknown {
  const input = batch.input(item)
  if (fn.keys) batch.noteKey(item, input)
  return input
}

/** Calls the function of an item through the wrapper of calls. */
export function callAround(around: AroundCall, batch: RunningBatch, item: number): unknown {
  const { name, invoke, invokeSpread, locate, mapStack } = batch.fn(item)
  // Made before the call: an unreadable input is not a failure of the function.
  const copies = [batch.inputCopy(item)]
  if (batch.fn(item).keys) batch.noteKey(item, copies[0])
  const call = (): unknown => (batch.spread ? invokeSpread : invoke)(copies.pop() ?? batch.inputCopy(item))
  return around(call, {
    name,
    index: batch.index(item),
    attempt: batch.attempt(item),
    input: () => batch.inputCopy(item),
    locate,
    mapStack,
  })
}
