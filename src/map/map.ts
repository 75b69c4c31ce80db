import { InvalidArgumentError } from '../errors/invalid-argument-error.ts'
import type { TaskError } from '../errors/task-error.ts'
import { describeValue } from '../options/describe-value.ts'
import { availableWorkers } from '../options/workers.ts'
import { defaultScheduler } from '../pool/default-schedulers.ts'
import { ship } from '../pool/function-shipper.ts'
import type { Scheduler } from '../pool/scheduler.ts'
import { isNested } from '../task/nesting.ts'
import type { Stateful } from '../task/stateful.ts'
import { checkTaskFunction, nameOf, type TaskFunction } from '../task/task-function.ts'
import type { MapOptions, OnError } from './map-options.ts'
import { Results } from './results.ts'
import { Run, type StartedRun } from './run.ts'
import { type MapSettings, readMapOptions } from './run-settings.ts'
import { startRun } from './start-run.ts'
import { policyOf } from './task-policy.ts'

type List = readonly unknown[]
type Items<I> = Iterable<I> | AsyncIterable<I>
type OneOrMany<T> = T | readonly T[]

/** What takes a failed task's place among the values. */
export type Replacement<E> = E extends 'return' ? TaskError : E extends (error: TaskError) => infer V ? V : never

type WithArgs<A extends List, I, E extends OnError> = MapOptions<I, E> & { readonly spread?: false } & ([] extends A ? { readonly args?: A } : { readonly args: A })
type Rest<A extends List, I, E extends OnError> = [] extends A ? [options?: WithArgs<A, I, E>] : [options: WithArgs<A, I, E>]

/** The ways to call {@link map}. */
export interface MapFunction {
  <I extends List | [], R, const E extends OnError = 'throw'>(
    inputs: Items<I>,
    fn: (...input: I) => R,
    options: MapOptions<I, E> & { readonly spread: true; readonly args?: readonly [] },
  ): Results<Awaited<R> | Replacement<E>, I>
  <I extends List | [], A extends List | [], R, const E extends OnError = 'throw'>(
    inputs: Items<I>,
    fn: (...inputAndArgs: [...I, ...A]) => R,
    options: MapOptions<I, E> & { readonly spread: true; readonly args: A },
  ): Results<Awaited<R> | Replacement<E>, I>
  <I, A extends List, R, const E extends OnError = 'throw'>(
    inputs: Items<I>,
    fn: OneOrMany<Stateful<[input: I, ...args: A], R>>,
    ...rest: Rest<A, I, E>
  ): Results<R | Replacement<E>, I>
  <I, R, const E extends OnError = 'throw'>(
    inputs: Items<I>,
    fn: (input: I) => R,
    options?: MapOptions<I, E> & { readonly spread?: false; readonly args?: readonly [] },
  ): Results<Awaited<R> | Replacement<E>, I>
  <I, A extends List, R, const E extends OnError = 'throw'>(
    inputs: Items<I>,
    fn: (input: I, ...args: A) => R,
    ...rest: Rest<A, I, E>
  ): Results<Awaited<R> | Replacement<E>, I>
}

/**
 * Runs a function over many inputs, in parallel.
 *
 * Inputs are read as there is room for them, at most `window` ahead of the consumer; results come in the order of the
 * inputs unless `ordered` is false. Any function travels: exported ones by reference, others with what they capture.
 * Each input has exactly one outcome, whatever dies. Costs about 0.3 µs an input, so that even tasks of 10 µs gain.
 *
 * Options and inputs are checked at the call; nothing runs until the results are awaited, read, or `start()`ed.
 *
 * @throws {InvalidArgumentError} for unknown options, wrong values, and inputs that are not iterable.
 */
export const map: MapFunction = ((inputs: unknown, fn: unknown, options?: unknown) => mapOn(undefined, inputs, fn, options)) as MapFunction

/** `map` with a pool's workers, or with the process-wide ones. */
export function mapOn(pool: Scheduler | undefined, inputs: unknown, fn: unknown, options: unknown): Results<unknown> {
  checkInputs(inputs)
  checkTaskFunction(fn)
  const settings = readMapOptions(options)
  const workers = settings.workers ?? pool?.fleet.size ?? availableWorkers()
  const calledAt = new Error('map was called here')
  return new Results(new Run(settings, workers, (run) => start(run, pool, inputs, fn, settings, workers, calledAt)))
}

async function start(
  run: Run,
  pool: Scheduler | undefined,
  inputs: Items<unknown>,
  fn: TaskFunction,
  settings: MapSettings,
  workers: number,
  calledAt: Error,
): Promise<StartedRun> {
  const perWorker = Array.isArray(fn)
  const scheduler = pool ?? (await defaultScheduler(settings.backend ?? 'threads', perWorker ? (fn as List).length : workers))
  const live = settings.copy === false || isNested()
  const functions = await ship(fn, {
    name: settings.name,
    args: settings.args,
    shareFrom: settings.share === false ? undefined : settings.share,
    sharedMemory: scheduler.options.backend.capabilities.sharedMemory,
    announce: settings.onEvent !== undefined,
    calledAt,
    live,
  })
  const assignment = { fn: functions[0] as (typeof functions)[number], policy: policyOf(settings) }
  return startRun(
    run,
    {
      name: settings.name ?? (nameOf(fn) || assignment.fn.name),
      inputs,
      skip: settings.skip,
      valueOf: (input) => input,
      spread: settings.spread ?? false,
      assign: () => assignment,
      functions,
      perWorker,
      live: settings.copy === false,
      hasTimeouts: settings.timeout !== undefined,
    },
    scheduler,
  )
}

function checkInputs(inputs: unknown): asserts inputs is Items<unknown> {
  if (inputs !== null && inputs !== undefined && (typeof inputs === 'object' || typeof inputs === 'string' || typeof inputs === 'function')) {
    const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = Object(inputs) as Partial<Iterable<unknown> & AsyncIterable<unknown>>
    if (typeof sync === 'function' || typeof async === 'function') return
  }
  throw new InvalidArgumentError('inputs', 'an array or another iterable or async iterable', describeValue(inputs))
}
