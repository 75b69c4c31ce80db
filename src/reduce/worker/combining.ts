import type { Work } from '../../task/drive.ts'
import { retryDelay } from '../../task/failure-policy.ts'
import { isStepFailure, stepFailure } from '../../task/task-call.ts'
import { isThenable } from '../../util/callbacks.ts'
import { Stopped } from './call-site.ts'
import { type CombineCall, type Missing, NO_INPUT, type Packed, type PartName } from './messages.ts'
import { pause, waitFor } from './waiting.ts'
import { resultOf, type Workbench } from './workbench.ts'

/** Combines two accumulators that come packed, or are kept here. */
export function* combining(bench: Workbench, call: CombineCall): Work<Packed | Missing> {
  const { accumulators, kept } = bench
  const a = kept.take(call.a)
  const b = kept.take(call.b)
  if (a === undefined || b === undefined) return { isMissing: true }
  let isFirst = true
  const combined = yield* attempts(bench, 'combine', () => {
    // An attempt may have changed what it failed to combine.
    const [first, second] = [a, b].map(({ live, packed }) =>
      live !== undefined && isFirst ? live.value : accumulators.unpack(packed),
    )
    isFirst = false
    return joined(bench, first, second)
  })
  const packed = accumulators.pack(combined)
  if (call.keep !== undefined) kept.keep(call.keep, combined, packed)
  return packed
}

/** Combines two accumulators of this call. They are copied before only if it may be done again. */
export function* combineNow(bench: Workbench, a: unknown, b: unknown): Work<unknown> {
  const { accumulators, data } = bench
  if (data.retries.times === 0) return yield* attempts(bench, 'combine', () => joined(bench, a, b))
  const kept = { a: accumulators.pack(a), b: accumulators.pack(b) }
  return yield* attempts(bench, 'combine', () =>
    joined(bench, accumulators.unpack(kept.a), accumulators.unpack(kept.b)),
  )
}

/** Makes a new accumulator. It is copied: `initial` may return the same object each time. */
export function* startNow(bench: Workbench): Work<unknown> {
  const { parts, data, accumulators } = bench
  return accumulators.copy(yield* attempts(bench, 'initial', () => parts.initial(...data.args)))
}

function joined({ parts, data }: Workbench, a: unknown, b: unknown): unknown {
  const result = parts.combine(a, b, ...data.args)
  return isThenable(result) ? result.then((value) => resultOf(value, a)) : resultOf(result, a)
}

/** Calls a part as often as the retries allow. Throws a step failure of that part. */
function* attempts({ data, site }: Workbench, part: PartName, call: () => unknown): Work<unknown> {
  const { retries, timeout } = data
  for (let failures = 1; ; failures++) {
    try {
      site.begin(NO_INPUT, failures - 1, timeout)
      const result = call()
      return isThenable(result) ? yield waitFor(site, result, timeout) : result
    } catch (thrown) {
      if (thrown instanceof Stopped) throw thrown.reason
      if (isStepFailure(thrown)) throw thrown
      if (failures > retries.times || retries.when !== undefined)
        throw stepFailure({ step: part, thrown, state: { attempts: failures } })
    }
    const delay = retryDelay(retries, failures + 1)
    if (delay > 0) yield pause(site, delay)
  }
}
