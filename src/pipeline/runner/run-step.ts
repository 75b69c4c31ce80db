import { retryDelay } from '../../task/rules.ts'
import { type Clip, explainMutation, isPlainObject, withField } from './clip.ts'
import { isThenable, type Work } from './drive.ts'
import { type ItemRun, OutOfTime, Stopped } from './item-run.ts'
import type { Step } from './program.ts'

/** Runs a step, as often as its rules allow. Returns the clip with what it made. */
export function* runStep(item: ItemRun, step: Step, clip: Clip): Work<Clip> {
  const { retries } = step.rules
  const startedAt = performance.now()
  try {
    for (let retried = 0; ; retried++) {
      item.begin(step, retried)
      try {
        return extend(step, clip, yield* call(item, step, clip))
      } catch (thrown) {
        if (thrown instanceof Stopped || retried >= retries.times) throw thrown
        if (retries.when !== undefined && !retries.when(item.errorOf(step.path, thrown))) throw thrown
      }
      const delay = retryDelay(retries, retried + 2)
      if (delay > 0) yield stoppable(item, (resolve) => setTimeout(resolve, delay))
    }
  } finally {
    item.record.ms[step.number] = microseconds(performance.now() - startedAt)
  }
}

/** Finer digits are noise. */
function microseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}

function* call(item: ItemRun, step: Step, clip: Clip): Work<unknown> {
  const { timeout } = step.rules
  const startedAt = timeout === undefined ? 0 : performance.now()
  try {
    // Not as a method: the stack names the function itself.
    const { fn } = step
    const result = fn(...argumentsOf(item, step, clip))
    const value = isThenable(result) ? yield waitFor(item, result, timeout) : result
    if (timeout !== undefined && performance.now() - startedAt > timeout) throw new OutOfTime(timeout)
    return value
  } catch (thrown) {
    if (thrown instanceof OutOfTime) item.abort(item.errorOf(step.path, thrown))
    throw explainMutation(thrown, step.path, clip)
  }
}

function argumentsOf(item: ItemRun, step: Step, clip: Clip): unknown[] {
  if (step.needs === undefined) return [clip, item.config]
  const values = step.needs.map((name) => {
    if (Object.hasOwn(clip, name)) return clip[name]
    const fields = Object.keys(clip).join(', ') || 'nothing'
    throw new TypeError(`step "${step.path}" needs clip.${name}, which is not there: the clip has ${fields}`)
  })
  return [...values, item.config]
}

function extend(step: Step, clip: Clip, result: unknown): Clip {
  if (step.rules.returnsNothing || step.kind === 'finally') return clip
  if (step.kind === 'assign') return withFields(step, clip, result)
  if (result !== undefined) return withField(clip, step.name, result)
  throw new TypeError(
    `step "${step.path}" returned undefined: return its result, or give it { returns: 'nothing' } if it has none`,
  )
}

function withFields(step: Step, clip: Clip, result: unknown): Clip {
  if (!isPlainObject(result))
    throw new TypeError(`assign "${step.path}" returned no plain object: return the fields, { name: value, … }`)
  for (const name of Object.keys(result)) {
    if (Object.hasOwn(clip, name)) throw new TypeError(`assign "${step.path}" returned "${name}", which the clip has`)
    if (result[name] === undefined) throw new TypeError(`assign "${step.path}" returned undefined as "${name}"`)
  }
  return Object.freeze({ ...clip, ...result })
}

/** What a step promised, or that its time is over, or that nobody wants it any more. */
function waitFor(item: ItemRun, result: PromiseLike<unknown>, timeout: number | undefined): Promise<unknown> {
  return stoppable(item, (resolve, reject) => {
    const timer = timeout === undefined ? undefined : setTimeout(() => reject(new OutOfTime(timeout)), timeout)
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
