import { InvalidArgumentError, InvalidStateError } from '../errors/argument-errors.ts'
import { type Check, flag, milliseconds, wholeNumber } from '../options/checks.ts'
import { readOptions } from '../options/read-options.ts'
import { MAX_BATCH } from '../wire/protocol/beacon.ts'
import { BATCHED_DEFAULTS, type BundleRules, batchedOf, markBatched, resultsOf } from './bundle.ts'
import { setRecipe } from './capture/reference/recipe.ts'
import { markParts } from './exported-object.ts'
import { Stateful } from './stateful.ts'
import { type AnyFunction, checkTaskFunction, nameOf } from './task-function.ts'

/** Options of {@link batched}. */
export interface BatchedOptions {
  /** The most inputs that one call gets: a whole number from 1 to 32,767. */
  readonly size: number
  /**
   * Milliseconds that a call waits for a full group while inputs are still being read, or calls of `pool.run` may come. At
   * the end of the inputs nothing waits.
   * @defaultValue 20
   */
  readonly maxDelay?: number | undefined
  /**
   * Narrow down which inputs are at fault if a call throws, times out or loses its worker: the other inputs run again. With
   * `false` all inputs of the call fail.
   * @defaultValue true
   */
  readonly split?: boolean | undefined
}

const TABLE: { readonly [K in keyof BundleRules]: Check<BundleRules[K]> } = {
  size: wholeNumber(1, MAX_BATCH),
  maxDelay: milliseconds(),
  split: flag,
}

/** The result of one input: that of the array which is no error. */
type Result<R> = Exclude<R, Error>

/** The signatures of {@link batched}. */
export interface DefineBatched {
  <I, R, A extends readonly unknown[] = []>(
    fn: Stateful<[inputs: I[], ...args: A], ArrayLike<R>>,
    options: BatchedOptions,
  ): (input: I, ...args: A) => Promise<Result<R>>
  <I, R, A extends readonly unknown[] = []>(
    fn: (inputs: I[], ...args: A) => ArrayLike<R> | PromiseLike<ArrayLike<R>>,
    options: BatchedOptions,
  ): (input: I, ...args: A) => Promise<Result<R>>
}

/**
 * Makes a function of an array of inputs into a task of one input, for work that is cheaper for many inputs at once: model
 * inference, bulk inserts, vectorised code. The result stands wherever a function of one input stands.
 *
 * `fn` gets an array of up to `size` inputs, and returns an array (or typed array) of as many results, or a promise of it.
 * Each input keeps its own outcome: an element that is an `Error` fails its input alone. If a call throws, times out or
 * loses its worker, the inputs at fault are found by calls with fewer inputs, and only these fail.
 *
 * Called directly it calls `fn` with one input, in this process.
 *
 * @example
 * ```ts
 * const embed = batched(async (texts: string[]) => model.embed(texts), { size: 32 })
 * const vectors = await map(texts, embed)
 * const labels = await map(images, batched(stateful(Classifier, 'model.onnx'), { size: 16 }))
 * ```
 *
 * @throws {InvalidArgumentError} for anything but a function or a stateful worker, and for invalid options.
 */
export const batched: DefineBatched = ((fn: AnyFunction | Stateful, options: BatchedOptions) => {
  if (Array.isArray(fn))
    throw new InvalidArgumentError('batched(fn)', 'a function of an array of inputs, or stateful(…)', 'an array')
  checkTaskFunction(fn, 'batched(fn)')
  const given = readOptions(options, TABLE, 'batched')
  const rules = { ...BATCHED_DEFAULTS, ...given, size: TABLE.size(given.size, 'batched.size') }
  return makeFunction({ ...rules, name: nameOf(fn), ...partsOf(fn) })
}) as unknown as DefineBatched

/** All that makes a batched function again in a worker: with `Class` it is stateful. */
interface BatchedData extends BundleRules {
  readonly name: string
  readonly fn?: AnyFunction
  readonly Class?: Stateful['StatefulClass']
  readonly args?: readonly unknown[]
}

/** Makes a batched function in a worker. */
export function makeBatched(data: BatchedData): AnyFunction {
  return makeFunction(data)
}

function partsOf(fn: AnyFunction | Stateful): Pick<BatchedData, 'fn' | 'Class' | 'args'> {
  return fn instanceof Stateful ? { Class: fn.StatefulClass, args: fn.args } : { fn }
}

function makeFunction(data: BatchedData): AnyFunction {
  const { name, size, maxDelay, split, Class, args = [] } = data
  const inner = Class === undefined ? (data.fn as AnyFunction) : new Stateful(Class, args)
  // Of a function that is batched already only the new rules count.
  const fn = batchedOf(inner)?.fn ?? inner
  const one: AnyFunction = async (input: unknown, ...rest: readonly unknown[]) => {
    if (fn instanceof Stateful)
      throw new InvalidStateError(`${name} runs in workers only, as stateful() does. Give it to map() or pool.run().`)
    const call = fn as unknown as (inputs: unknown[], ...args: readonly unknown[]) => unknown
    const [result] = Array.from(resultsOf(await call([input], ...rest), 1))
    if (result instanceof Error) throw result
    return result
  }
  Object.defineProperty(one, 'name', { value: name, configurable: true })
  const own = fn instanceof Stateful ? (fn.StatefulClass as unknown as AnyFunction) : fn
  markBatched(one, { fn, rules: { size, maxDelay, split } }, own)
  markParts(one, () => [['fn', own]])
  setRecipe(one, {
    recipe: 'batched',
    make: makeBatched,
    data,
    behind: { fn: own, version: undefined, isOnlyHashed: true },
  })
  return one
}
