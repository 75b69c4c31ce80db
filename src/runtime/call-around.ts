import type { AroundCall } from '../task/around-call.ts'
import type { RunningBatch } from './running-batch.ts'

/** Calls the function of an item through what stands around its calls. */
export function callAround(around: AroundCall, batch: RunningBatch, item: number): unknown {
  const { name, invoke, invokeSpread, locate, mapStack } = batch.fn(item)
  // Made before the call: an input that cannot be read is no failure of the function.
  const copies = [batch.inputCopy(item)]
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
