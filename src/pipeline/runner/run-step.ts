import type { Work } from '../../task/drive.ts'
import { allowsRetry, retryDelay } from '../../task/failure-policy.ts'
import { isThenable } from '../../util/callbacks.ts'
import { timerDelay } from '../../util/time.ts'
import { callCached } from './cached-step.ts'
import { type Clip, explainMutation, extend } from './clip.ts'
import { FailedAt, type ItemRun, OutOfTime, Stopped } from './item-run.ts'
import type { Step } from './program.ts'

/** Runs a step, as often as its rules allow. Returns the clip with its result. Throws {@link FailedAt}. */
export function* runStep(item: ItemRun, step: Step, clip: Clip): Work<Clip> {
  const { timeout } = step.rules
  // Not called as a method: a stack then names the function itself.
  const { fn } = step
  for (let retried = 0; ; retried++) {
    let failure: unknown
    try {
      item.begin(step, retried)
      const startedAt = timeout === undefined ? 0 : performance.now()
      const args = step.needs === undefined ? [clip, item.config] : [...valuesOf(step, clip), item.config]
      const result = step.caching === undefined ? fn(...args) : callCached(item, step, clip, step.caching, args)
      const value = isThenable(result) ? yield waitFor(item, result, timeout) : result
      if (timeout !== undefined && performance.now() - startedAt > timeout) throw new OutOfTime(timeout)
      const extended = extend(step, clip, value)
      item.ended(step)
      return extended
    } catch (thrown) {
      failure = explainMutation(thrown, step.path, clip)
    }
    if (failure instanceof OutOfTime) item.abort(item.errorOf(step.path, failure))
    if (!mayRetry(item, step, failure, retried)) {
      item.ended(step)
      throw new FailedAt(step.path, failure, clip)
    }
    const delay = retryDelay(step.rules.retries, retried + 2)
    if (delay > 0) yield stoppable(item, (resolve) => setTimeout(resolve, timerDelay(delay)))
  }
}

function mayRetry(item: ItemRun, { path, rules: { retries } }: Step, failure: unknown, retried: number): boolean {
  if (failure instanceof Stopped || retried >= retries.times) return false
  return allowsRetry(retries, item.errorOf(path, failure))
}

function valuesOf(step: Step, clip: Clip): unknown[] {
  return (step.needs ?? []).map((name) => {
    if (Object.hasOwn(clip, name)) return clip[name]
    const fields = Object.keys(clip).join(', ') || 'nothing'
    throw new TypeError(`step "${step.path}" needs clip.${name}, which does not exist: the clip has ${fields}`)
  })
}

/** Waits for the result of a step. Rejects if its time is over, or the item is cancelled. */
function waitFor(item: ItemRun, result: PromiseLike<unknown>, timeout: number | undefined): Promise<unknown> {
  return stoppable(item, (resolve, reject) => {
    const timer =
      timeout === undefined ? undefined : setTimeout(() => reject(new OutOfTime(timeout)), timerDelay(timeout))
    result.then(resolve, reject)
    return timer
  })
}

/** Waits for something, at most until the item is stopped. */
function stoppable(
  item: ItemRun,
  wait: (resolve: (value: unknown) => void, reject: (thrown: unknown) => void) => NodeJS.Timeout | undefined,
): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  return new Promise((resolve, reject) => {
    item.onStop((reason) => reject(new Stopped(reason)))
    timer = wait(resolve, reject)
  }).finally(() => {
    clearTimeout(timer)
    item.onStop(undefined)
  })
}
