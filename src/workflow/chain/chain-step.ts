import type { Identity } from '../../cache/identify.ts'
import type { StoreLocation } from '../../cache/store/open-store.ts'
import type { ValueCodec } from '../../cache/store/value-codec.ts'
import type { RegisteredClass } from '../../task/register-class.ts'
import type { AnyFunction } from '../../task/task-function.ts'

/** What is done with what a step's function returns: it is the next value, says whether to go on, or has several. */
export type StepKind = 'apply' | 'filter' | 'flatMap' | 'key'

/** One node of a chain, as workers get it. */
export interface ChainStep {
  readonly kind: StepKind
  readonly name: string
  readonly fn: AnyFunction
  /** The constants among its arguments, by position; undefined where there are none. */
  readonly constants: readonly (readonly [position: number, value: unknown])[] | undefined
  /** Who needs its value; undefined where nobody does, so that it may be nothing. */
  readonly consumer: string | undefined
  /** Where its results are kept; absent where they are not. */
  readonly cache?: StepCache | undefined
}

/** How the results of a step are kept. */
export interface StepCache {
  readonly location: StoreLocation
  readonly identity: Identity
  /** Positions of arguments that do not count. */
  readonly ignore: readonly number[] | undefined
  /** What to hash instead of the arguments. */
  readonly key: AnyFunction | undefined
  readonly ttl: number | undefined
  readonly codec: ValueCodec | undefined
}

/** What a chain is made of. */
export interface ChainParts {
  readonly steps: readonly ChainStep[]
  /** Its results are lists, or the number of the step that let an item go no further. */
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
 * What a step's function gives, checked and in its final form: the next value, whether to go on, the list of the items, or
 * the key. It can be stored.
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
  throw new TypeError(`${name} returned nothing, but ${consumer} needs its value; return null for none`)
}

function checkKey({ name }: ChainStep, returned: unknown): unknown {
  const isOdd = returned === undefined || typeof returned === 'function' || typeof returned === 'symbol'
  if (!isOdd && (typeof returned !== 'object' || returned === null)) return returned
  throw new TypeError(`${name}: a key must be a string, a number or the like, not ${describe(returned)}`)
}

function describe(value: unknown): string {
  return Array.isArray(value) ? 'an array' : value === undefined ? 'nothing' : `a value of type ${typeof value}`
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

/** What a step of a chain threw, and which step it was. It crosses to the caller, who takes it apart again. */
export class ChainStepFailure extends Error {
  readonly step: number

  constructor(step: number, cause: unknown) {
    super('a step failed', { cause })
    this.name = NAME
    this.step = step
  }
}

/** The step and its error, where something thrown by a chain tells of one. */
export function stepFailureOf(thrown: unknown): { step: number; cause: unknown } | undefined {
  if (!(thrown instanceof Error) || thrown.name !== NAME) return undefined
  const { step, cause } = thrown as ChainStepFailure
  return typeof step === 'number' ? { step, cause } : undefined
}
