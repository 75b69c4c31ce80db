import type { Identity } from '../../cache/identify.ts'
import type { StoreLocation } from '../../cache/store/open-store.ts'
import type { ValueCodec } from '../../cache/store/value-codec.ts'
import type { RegisteredClass } from '../../task/register-class.ts'
import type { AnyFunction } from '../../task/task-function.ts'

/**
 * The role of a step's function: it makes the next value, decides if the item goes on, makes several items, or a key.
 */
export type StepKind = 'apply' | 'filter' | 'flatMap' | 'key'

/** One node of a chain, as workers get it. */
export interface ChainStep {
  readonly kind: StepKind
  readonly name: string
  readonly fn: AnyFunction
  /** The constants among its arguments, by position; undefined if it has none. */
  readonly constants: readonly (readonly [position: number, value: unknown])[] | undefined
  /** The name of the node that needs its value; undefined if no node does, so that it may be `undefined`. */
  readonly consumer: string | undefined
  /** The store of its results; absent if they are not kept. */
  readonly cache?: StepCache | undefined
}

/** The store of a step's results, and the rules for them. */
export interface StepCache {
  readonly location: StoreLocation
  readonly identity: Identity
  /** Positions of arguments that do not count. */
  readonly ignore: readonly number[] | undefined
  /** Returns what to hash instead of the arguments. */
  readonly key: AnyFunction | undefined
  readonly ttl: number | undefined
  readonly codec: ValueCodec | undefined
}

/** The steps of a chain, and its settings. */
export interface ChainParts {
  readonly steps: readonly ChainStep[]
  /** True if results are lists, or the number of the step at which an item ended. */
  readonly isMany: boolean
  /** Classes whose instances may be hashed and stored. */
  readonly classes: readonly RegisteredClass[]
}

/** The arguments of a call: those of the item, with the constants at their positions. */
export function withConstants<T>(
  constants: readonly (readonly [position: number, value: T])[] | undefined,
  args: readonly T[],
): readonly T[] {
  if (constants === undefined) return args
  const all = [...args]
  for (const [position, value] of constants) all.splice(position, 0, value)
  return all
}

/**
 * Checks the result of a step's function, and brings it into the form that is stored: the next value, true to go on, the
 * list of the items, or the key.
 */
export function resultOf(step: ChainStep, returned: unknown): unknown {
  switch (step.kind) {
    case 'filter':
      return Boolean(returned)
    case 'flatMap':
      return listOf(returned)
    case 'key':
      return checkKey(step, returned)
    case 'apply':
      return checkValue(step, returned)
  }
}

function checkValue({ name, consumer }: ChainStep, returned: unknown): unknown {
  if (returned !== undefined || consumer === undefined) return returned
  throw new TypeError(`${name} returned undefined, but ${consumer} needs its value: return a value, or null for none`)
}

function checkKey({ name }: ChainStep, returned: unknown): unknown {
  const isOdd = returned === undefined || typeof returned === 'function' || typeof returned === 'symbol'
  if (!isOdd && (typeof returned !== 'object' || returned === null)) return returned
  throw new TypeError(
    `${name}: expected a key that is a string, a number, a bigint, a boolean or null, got ${describe(returned)}`,
  )
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'an array' : value === undefined ? 'undefined' : `a value of type ${typeof value}`
}

function listOf(items: unknown): unknown[] | Promise<unknown[]> {
  if (Array.isArray(items)) return items as unknown[]
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = Object(items) as Partial<
    Iterable<unknown> & AsyncIterable<unknown>
  >
  if (typeof sync === 'function') return [...(items as Iterable<unknown>)]
  if (typeof async === 'function') return collect(items as AsyncIterable<unknown>)
  throw new TypeError(`flatMap: expected the function to return an iterable, such as an array, got ${typeof items}`)
}

async function collect(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const list: unknown[] = []
  for await (const item of items) list.push(item)
  return list
}

const NAME = 'StepFailure'

/** The error of a step of a chain, with the number of the step. The host takes it apart again. */
export class ChainStepFailure extends Error {
  readonly step: number

  constructor(step: number, cause: unknown) {
    super('a step failed', { cause })
    this.name = NAME
    this.step = step
  }
}

/** Returns the step and its error, if an error of a chain has them. */
export function stepFailureOf(thrown: unknown): { step: number; cause: unknown } | undefined {
  if (!(thrown instanceof Error) || thrown.name !== NAME) return undefined
  const { step, cause } = thrown as ChainStepFailure
  return typeof step === 'number' ? { step, cause } : undefined
}
