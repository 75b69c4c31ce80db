import { type CacheAccess, cacheFor, type WrappedFunction } from '../cache/cache-access.ts'
import { InvalidArgumentError, UnsupportedError } from '../errors/argument-errors.ts'
import type { ResultReader } from '../observe/attempt-columns.ts'
import type { InnerObserver } from '../observe/observers.ts'
import type { Backend } from '../pool/backend/backend.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import type { RemoteCache } from '../pool/functions/remote-cache.ts'
import type { Item } from '../pool/jobs/item.ts'
import { RowSupply } from '../rows/row-supply.ts'
import { defaultHost } from '../run/hosts/default-host.ts'
import type { RunHost } from '../run/hosts/run-host.ts'
import { leavingOutRows, skipping } from '../run/keep-journal.ts'
import { Results } from '../run/outcomes/results.ts'
import type { Shape } from '../run/outcomes/shaping-sink.ts'
import type { Plan, Preparation, PreparedRun, Work, WorkCache } from '../run/plan.ts'
import { Run } from '../run/run.ts'
import { inputEncoder, InputSource } from '../run/source/input-source.ts'
import { isLeftOut, parsedRows } from '../run/source/parsed-rows.ts'
import { sourceOfRows } from '../run/source/rows-source.ts'
import { BATCHES_PER_WORKER } from '../run/source/window.ts'
import { withDefaultSettings } from '../settings/defaults.ts'
import type { MapOptions, OnErrorWord, Replacement } from '../settings/run-options.ts'
import { type MapSettings, readMapOptions } from '../settings/run-settings.ts'
import { batchedOf } from '../task/bundle.ts'
import { policyOf } from '../task/failure-policy.ts'
import type { Stateful } from '../task/stateful.ts'
import { isStub } from '../task/stub.ts'
import { checkTaskFunction, type TaskFunction } from '../task/task-function.ts'
import type { StepsOfTask } from '../wire/protocol/frames.ts'
import { callSite } from './call-site.ts'
import { asLongAs, checkInputs, type Items } from './check-inputs.ts'

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
 * inputs unless `ordered` is false. Any function can be sent: exported ones by reference, others with what they capture.
 * Each input has exactly one outcome, even if workers die. Costs about 0.3 µs an input, so that even tasks of 10 µs gain.
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

/** A task that is made of steps: a pipeline. */
export interface SteppedTask {
  readonly steps: StepsOfTask
  /** Converts a worker's result to the value that the consumer gets. */
  readonly shape: Shape
  /** Returns true if nothing was computed: the results of all steps came from a cache. */
  readonly results: ResultReader
  /** Counts the calls of the steps. */
  readonly observer: InnerObserver
  /**
   * Called when the run begins, before the function is captured. `cache` is used for the steps. Resolves to the server
   * for step results, on backends whose workers cannot reach the cache.
   */
  readonly prepare: (
    cache: CacheAccess | undefined,
    calledAt: Error,
    backend: Backend,
  ) => Promise<RemoteCache | undefined>
}

/** A run of `map` that has no reader yet. */
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
  const read = readMapOptions(options)
  if (batchedOf(fn) !== undefined && read.spread === true)
    throw new InvalidArgumentError(
      'spread',
      'false for a batched function, which gets an array of inputs: each input can be an array of its arguments',
      'true',
    )
  const settings = withDefaultSettings(read, pool?.own)
  if (stepped === undefined) cacheFor(fn, settings.cache)
  if (Array.isArray(fn)) checkList(fn.length, read.workers, pool, settings)
  const host = pool ?? defaultHost(settings, Array.isArray(fn) ? fn.length : undefined)
  const run = new Run(settings, host, new MapPlan(asLongAs(inputs, settings.skip), fn, settings, stepped))
  if (stepped !== undefined) run.addObserver(stepped.observer)
  return run
}

/** Checks that a list of stateful workers fits: there is one for each worker. On `serial` the first one does all. */
function checkList(
  length: number,
  workers: number | undefined,
  pool: RunHost | undefined,
  { backend }: MapSettings,
): void {
  if (pool === undefined && backend === 'serial') return
  if (workers !== undefined && workers !== length)
    throw new InvalidArgumentError(
      'workers',
      `${length}, as the list of stateful workers has, or none`,
      String(workers),
    )
  if (pool !== undefined && !pool.isSerial && length > pool.workers)
    throw new InvalidArgumentError(
      'fn',
      `a list of at most ${pool.workers} stateful workers, since the pool has as many`,
      `one of ${length}`,
    )
}

/** One function over all inputs. */
class MapPlan implements Plan {
  readonly #inputs: Items<unknown>
  readonly #fn: TaskFunction
  readonly #settings: MapSettings
  readonly #stepped: SteppedTask | undefined
  readonly #calledAt = callSite()

  constructor(inputs: Items<unknown>, fn: TaskFunction, settings: MapSettings, stepped: SteppedTask | undefined) {
    this.#inputs = inputs
    this.#fn = fn
    this.#settings = settings
    this.#stepped = stepped
  }

  async prepare({ run, host, dispatcher, prepareFunction, openJournal }: Preparation): Promise<PreparedRun> {
    const { name, args, timeout, cache, skip, spread = false } = this.#settings
    const stepped = this.#stepped
    const { backend } = dispatcher.options
    refuseLists(this.#fn, backend)
    const wrapped = stepped === undefined ? cacheFor(this.#fn, cache) : undefined
    // With a cache there may be nothing to run: do not start a worker yet.
    if (wrapped === undefined) dispatcher.warmUp(workersForRows(this.#inputs))
    const calledAt = this.#calledAt
    const remoteCache = await stepped?.prepare(cache, calledAt, backend)
    const use = {
      name,
      args,
      timeout,
      steps: stepped?.steps,
      results: stepped?.results,
      remoteCache,
      calledAt,
      asText: run.asText && stepped === undefined && wrapped === undefined,
      keys: stepped === undefined && wrapped === undefined && !(this.#inputs instanceof RowSupply),
    }
    const functions = await prepareFunction(wrapped?.fn ?? this.#fn, use)
    const fn = functions[0] as PreparedFunction
    const journal = openJournal(functions)
    if (fn.bundle !== undefined && this.#settings.window === undefined)
      run.window.atLeast(BATCHES_PER_WORKER * (this.#settings.workers ?? host.workers) * fn.bundle.size)
    const assignment = { fn, policy: policyOf(this.#settings) }
    const rows = this.#inputs instanceof RowSupply ? this.#inputs : undefined
    const inWorkers = rows !== undefined && wrapped === undefined
    const leavesOut = leavingOutRows(journal, skip)
    // Only workers know the kind of an export.
    const bundles = fn.bundle !== undefined || isStub(this.#fn) ? 'only' : undefined
    // Other machines may not have the file.
    const mayStay = backend.capabilities.remote !== true
    const sharesMemory = backend.capabilities.sharedMemory
    const terms = { assignment, spread, secret: journal?.rowSecret }
    const source = inWorkers
      ? sourceOfRows(rows, { run, host, terms, leavesOut, mayStay, sharesMemory })
      : new InputSource({
          inputs: rows === undefined ? this.#inputs : parsedRows(rows, leavesOut),
          skip: rows !== undefined ? isLeftOut : journal === undefined ? skip : skipping(journal, skip),
          assign: () => assignment,
          valueOf: (input) => input,
          spread,
          encoder: inputEncoder(this.#settings, backend.capabilities),
          window: run.window,
        })
    const work: Work = {
      dispatcher,
      source,
      functions: new Set(functions),
      perWorker: Array.isArray(this.#fn) ? functions : undefined,
      bundles,
      hasTimeouts: timeout !== undefined || stepped?.steps.limits.some((limit) => limit !== undefined) === true,
      cache: wrapped && (await openCache(wrapped, fn, this.#settings)),
    }
    return { name: fn.name, works: [work], inputs: source, shape: stepped?.shape }
  }
}

/** Rows of which there must be so many for each worker that is started before they are read. */
const ROWS_FOR_A_WORKER = 256

/** The workers that are started at once: one for values, of which there may be few; for rows as many as they are worth. */
function workersForRows(inputs: Items<unknown>): number {
  if (!(inputs instanceof RowSupply)) return 1
  return Math.max(1, Math.floor((inputs.count() ?? Infinity) / ROWS_FOR_A_WORKER))
}

/** On remote backends the caller cannot choose the workers, so a list with one entry per worker is refused. */
function refuseLists(fn: TaskFunction, { name, capabilities }: Backend): void {
  if (!Array.isArray(fn) || capabilities.remote !== true) return
  throw new UnsupportedError(`a list of stateful workers cannot run on ${name}: give one stateful() for all workers`)
}

async function openCache(
  wrapped: WrappedFunction,
  use: PreparedFunction,
  { args, spread }: MapSettings,
): Promise<WorkCache | undefined> {
  const parts = await import('../run/cache/run-caching.ts')
  const calls = await parts.keyedCalls(wrapped, { use, args })
  const argsOf = ({ input }: Item): readonly unknown[] => (spread === true ? (input as readonly unknown[]) : [input])
  return calls && { parts, argsOf, begin: (cache) => cache.add(use, calls) }
}
