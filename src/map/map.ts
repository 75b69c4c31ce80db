import { type CacheAccess, cacheFor, type WrappedFunction } from '../cache/cache-access.ts'
import { UnsupportedError } from '../errors/argument-errors.ts'
import type { Backend } from '../pool/backend/backend.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import type { Item } from '../pool/jobs/item.ts'
import type { ResultKeeper } from '../pool/workers/remote-cache-server.ts'
import { hostFor } from '../run/hosts/debug-host.ts'
import { defaultHost } from '../run/hosts/default-host.ts'
import { withFallback } from '../run/hosts/fallback.ts'
import type { RunHost } from '../run/hosts/run-host.ts'
import { keepJournal, skipping } from '../run/keep-journal.ts'
import { Results } from '../run/outcomes/results.ts'
import type { Shape } from '../run/outcomes/shaping-sink.ts'
import { Run } from '../run/run.ts'
import { capturesOutput, type RunCaching, startRun } from '../run/start-run.ts'
import type { StartedRun } from '../run/started-run.ts'
import { withDefaultSettings } from '../settings/defaults.ts'
import type { MapOptions, OnErrorWord, Replacement } from '../settings/run-options.ts'
import { type MapSettings, readMapOptions } from '../settings/run-settings.ts'
import { policyOf, isOfMedian } from '../task/failure-policy.ts'
import { isNested } from '../task/nesting.ts'
import type { Stateful } from '../task/stateful.ts'
import { checkTaskFunction, type TaskFunction } from '../task/task-function.ts'
import type { StepsOfTask } from '../wire/protocol/frames.ts'
import { callSite } from './call-site.ts'
import { checkInputs, type Items } from './check-inputs.ts'

type List = readonly unknown[]
type OneOrMany<T> = T | readonly T[]

type WithArgs<A extends List, I, E extends OnErrorWord, V> = MapOptions<I, E, V, Readonly<A>> &
  ([] extends A ? unknown : { readonly args: Readonly<A> })
type Rest<A extends List, I, E extends OnErrorWord, V> = [] extends A
  ? [options?: WithArgs<A, I, E, V>]
  : [options: WithArgs<A, I, E, V>]

/** The ways to call {@link map}. */
export interface MapFunction {
  <I extends List | [], R, const E extends OnErrorWord = 'throw', V = never>(
    inputs: Items<I>,
    fn: (...input: I) => R,
    options: MapOptions<I, E, V, readonly [], true> & { readonly spread: true },
  ): Results<Awaited<R> | Replacement<E, V>, I>
  <I extends List | [], A extends List | [], R, const E extends OnErrorWord = 'throw', V = never>(
    inputs: Items<I>,
    fn: (...inputAndArgs: [...I, ...A]) => R,
    options: MapOptions<I, E, V, A, true> & { readonly spread: true; readonly args: A },
  ): Results<Awaited<R> | Replacement<E, V>, I>
  // A list written `as const`: its rows are a union of tuples, which as such is no list of parameters.
  <I extends List | [], R, const E extends OnErrorWord = 'throw', V = never>(
    inputs: Items<Readonly<I>>,
    fn: (...input: I) => R,
    options: MapOptions<I, E, V, readonly [], true> & { readonly spread: true },
  ): Results<Awaited<R> | Replacement<E, V>, I>
  <I extends List | [], R, const E extends OnErrorWord = 'throw', V = never>(
    inputs: Items<I>,
    fn: OneOrMany<Stateful<I, R>>,
    options: MapOptions<I, E, V, readonly [], true> & { readonly spread: true },
  ): Results<R | Replacement<E, V>, I>
  <I, A extends List, R, const E extends OnErrorWord = 'throw', V = never>(
    inputs: Items<I>,
    fn: OneOrMany<Stateful<[input: I, ...args: A], R>>,
    ...rest: Rest<A, I, E, V>
  ): Results<R | Replacement<E, V>, I>
  <I, R, const E extends OnErrorWord = 'throw', V = never>(
    inputs: Items<I>,
    fn: (input: I) => R,
    options?: MapOptions<I, E, V>,
  ): Results<Awaited<R> | Replacement<E, V>, I>
  <I, A extends List, R, const E extends OnErrorWord = 'throw', V = never>(
    inputs: Items<I>,
    fn: (input: I, ...args: A) => R,
    ...rest: Rest<A, I, E, V>
  ): Results<Awaited<R> | Replacement<E, V>, I>
}

/**
 * Runs a function over many inputs, in parallel.
 *
 * Inputs are read as there is room for them, at most `window` ahead of the consumer; results come in the order of the
 * inputs unless `ordered` is false. Any function travels: exported ones by reference, others with what they capture.
 * Each input has exactly one outcome, whatever dies. Costs about 0.3 µs an input, so that even tasks of 10 µs gain.
 *
 * `args` are constants after each input, sent to each worker once; with `spread` an input that is an array is the list of
 * arguments.
 *
 * Options and inputs are checked at the call; nothing runs until the results are awaited, read, or `start()`ed.
 *
 * @throws {InvalidArgumentError} for unknown options, wrong values, and inputs that are not iterable.
 */
export const map: MapFunction = ((inputs: unknown, fn: unknown, options?: unknown) =>
  mapOn(undefined, inputs, fn, options)) as MapFunction

/** `map` with a pool's workers, or with the process-wide ones. */
export function mapOn(pool: RunHost | undefined, inputs: unknown, fn: unknown, options: unknown): Results<unknown> {
  return new Results(mapRun(pool, inputs, fn, options))
}

/** What is known of a task that is made of steps. */
export interface SteppedTask {
  readonly steps: StepsOfTask
  /** Makes outcomes of what its workers say. */
  readonly shape: Shape
  /**
   * Called when the run begins, before the function is captured. The cache is for its steps. Resolves to who keeps their
   * results where workers cannot.
   */
  readonly prepare: (
    cache: CacheAccess | undefined,
    calledAt: Error,
    backend: Backend,
  ) => Promise<ResultKeeper | undefined>
}

/** A run of `map` that nobody reads yet. */
export function mapRun(
  pool: RunHost | undefined,
  inputs: unknown,
  fn: unknown,
  options: unknown,
  stepped?: SteppedTask,
): Run {
  pool?.open()
  checkInputs(inputs)
  checkTaskFunction(fn)
  const settings = withDefaultSettings(readMapOptions(options), pool?.own)
  if (stepped === undefined) cacheFor(fn, settings.cache)
  const host = pool ?? defaultHost(settings, Array.isArray(fn) ? fn.length : undefined)
  const calledAt = callSite()
  return new Run(settings, host, (run) =>
    withFallback(settings, hostFor(run, host), (on) => start(run, on, { inputs, fn, settings, calledAt, stepped })),
  )
}

/** Which workers there are, and how many, is not the caller's to say where they are on other machines. */
function refuseLists(fn: TaskFunction, { name, capabilities }: Backend): void {
  if (!Array.isArray(fn) || capabilities.remote !== true) return
  throw new UnsupportedError(`a list of stateful workers cannot run on ${name}: give one stateful() for all workers`)
}

/** A call of `map`, checked. */
interface MapCall {
  readonly inputs: Items<unknown>
  readonly fn: TaskFunction
  readonly settings: MapSettings
  readonly calledAt: Error
  readonly stepped: SteppedTask | undefined
}

async function start(run: Run, host: RunHost, call: MapCall): Promise<StartedRun> {
  const { inputs, fn, settings, calledAt, stepped } = call
  const dispatcher = await host.dispatcher()
  refuseLists(fn, dispatcher.options.backend)
  const wrapped = stepped === undefined ? cacheFor(fn, settings.cache) : undefined
  // Perhaps all is there.
  if (wrapped === undefined) dispatcher.warmUp()
  const keeper = await stepped?.prepare(settings.cache, calledAt, dispatcher.options.backend)
  const functions = await host.prepare(wrapped?.fn ?? fn, {
    name: settings.name,
    args: settings.args,
    shareFrom: settings.share === false ? undefined : settings.share,
    capabilities: dispatcher.options.backend.capabilities,
    announce: settings.onEvent !== undefined,
    measure: settings.journal !== undefined || isOfMedian(settings.timeout),
    captureOutput: capturesOutput(settings, dispatcher),
    steps: stepped?.steps,
    keeper,
    calledAt,
    live: settings.copy === false || isNested(),
    copy: settings.copy,
  })
  const journal = keepJournal(run, settings.journal, functions)
  const skip = journal === undefined ? settings.skip : skipping(journal, settings.skip)
  const assignment = { fn: functions[0] as PreparedFunction, policy: policyOf(settings) }
  const cache = wrapped && (await openCache(wrapped, assignment.fn, settings))
  return startRun(run, host, dispatcher, {
    name: assignment.fn.name,
    inputs,
    journal,
    skip,
    valueOf: (input) => input,
    spread: settings.spread ?? false,
    assign: () => assignment,
    functions,
    perWorker: Array.isArray(fn),
    hasTimeouts: settings.timeout !== undefined || stepped?.steps.limits.some((limit) => limit !== undefined) === true,
    mixed: false,
    cache,
    shape: stepped?.shape,
  })
}

async function openCache(
  wrapped: WrappedFunction,
  use: PreparedFunction,
  { args, spread }: MapSettings,
): Promise<RunCaching | undefined> {
  const parts = await import('../run/cache/run-caching.ts')
  const calls = await parts.keyedCalls(wrapped, { use, args })
  const argsOf = ({ input }: Item): readonly unknown[] => (spread === true ? (input as readonly unknown[]) : [input])
  return calls && { parts, argsOf, begin: (cache) => cache.add(use, calls) }
}
