import { UnsupportedError } from '../errors/argument-errors.ts'
import type { TaskError } from '../errors/task-errors.ts'
import { callSite } from '../map/call-site.ts'
import { asLongAs, checkInputs, type Items } from '../map/check-inputs.ts'
import { defaultHost } from '../run/hosts/default-host.ts'
import type { RunHost } from '../run/hosts/run-host.ts'
import { withDefaultSettings } from '../settings/defaults.ts'
import type { StatefulReducer } from '../task/stateful.ts'
import { type ReduceOptions, readReduceOptions } from './reduce-options.ts'
import { ReducePlan } from './reduce-plan.ts'
import { resultsOf } from './reduce-results.ts'
import { checkReducer, type Reducer } from './reducer.ts'

/** The result of `reduce.settled`: the value of all inputs that did not fail, and the errors of the others. */
export interface SettledReduction<A> {
  readonly value: A
  /** In the order of the inputs. */
  readonly failed: readonly TaskError[]
}

type List = readonly unknown[]

/** The ways to call {@link reduce}. */
export interface ReduceFunction {
  <I, A>(inputs: Items<I>, reducer: Reducer<I, A>, options?: ReduceOptions<I>): Promise<A>
  <I, A, X extends List>(
    inputs: Items<I>,
    reducer: Reducer<I, A, X>,
    options: Omit<ReduceOptions<I>, 'args'> & { readonly args: readonly [...X] },
  ): Promise<A>
  <I, A>(inputs: Items<I>, reducer: StatefulReducer<I, A>, options?: ReduceOptions<I>): Promise<A>
  /** Like `reduce`, but leaves failed inputs out, whatever `onError` says, and tells which failed. */
  readonly settled: SettledReduceFunction
}

/** The ways to call {@link reduce.settled}. */
export interface SettledReduceFunction {
  <I, A>(inputs: Items<I>, reducer: Reducer<I, A>, options?: ReduceOptions<I>): Promise<SettledReduction<A>>
  <I, A, X extends List>(
    inputs: Items<I>,
    reducer: Reducer<I, A, X>,
    options: Omit<ReduceOptions<I>, 'args'> & { readonly args: readonly [...X] },
  ): Promise<SettledReduction<A>>
  <I, A>(inputs: Items<I>, reducer: StatefulReducer<I, A>, options?: ReduceOptions<I>): Promise<SettledReduction<A>>
}

/**
 * Makes one value of many inputs, in parallel.
 *
 * Workers add neighbouring inputs to accumulators, and combine these in the order of the inputs, so that `combine` has to
 * be associative and nothing else. Each input counts exactly once, whatever dies. Without inputs the value is
 * `initial()`. Costs about 0.1 µs an input beside its `add`; inputs are read as there is room for them in the window.
 *
 * @example
 * ```ts
 * const words = await reduce(files, {
 *   initial: () => new Map<string, number>(),
 *   add: (counts, file) => countWords(counts, readFileSync(file, 'utf8')),
 *   combine: (a, b) => addCounts(a, b),
 * })
 * ```
 *
 * @throws {InvalidArgumentError} for unknown options, wrong values, inputs that are not iterable, and missing functions.
 * Rejects with the {@link TaskError} of the first input that fails, or as `onError` says; with a
 * {@link SerializationError} if an accumulator cannot be sent.
 */
export const reduce: ReduceFunction = reduceFunction(undefined)

/** `reduce` with a pool's workers, or with the process-wide ones. */
export function reduceFunction(pool: (() => RunHost) | undefined): ReduceFunction {
  const plain = (inputs: unknown, reducer: unknown, options?: unknown): Promise<unknown> =>
    reduceOn(pool?.(), inputs, reducer, options, false)
  const settled = (inputs: unknown, reducer: unknown, options?: unknown): Promise<unknown> =>
    reduceOn(pool?.(), inputs, reducer, options, true)
  return Object.assign(plain, { settled }) as unknown as ReduceFunction
}

function reduceOn(
  pool: RunHost | undefined,
  inputs: unknown,
  reducer: unknown,
  options: unknown,
  isSettled: boolean,
): Promise<unknown> {
  pool?.open()
  checkInputs(inputs)
  const checked = checkReducer(reducer)
  const settings = withDefaultSettings(readReduceOptions(options), pool?.own)
  for (const name of ['halt', 'rate'] as const)
    if (settings[name] !== undefined)
      throw new UnsupportedError(`the default option "${name}" cannot be used with reduce()`)
  const items = asLongAs(inputs, settings.skip)
  const plan = new ReducePlan(items, checked, settings, { isSettled, calledAt: callSite() })
  return resultsOf(pool ?? defaultHost(settings), plan, settings)
    .toArray()
    .then(([value]) => value)
}
