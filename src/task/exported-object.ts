import { processWide } from '../util/own-package.ts'
import type { StepsOfTask } from '../wire/protocol/frames.ts'

type AnyFunction = (...args: never[]) => unknown
type ListParts = () => Iterable<readonly [name: string, fn: AnyFunction]>

const lists = processWide('parts', () => new WeakMap<object, ListParts>())

/**
 * Names the functions that an object is made of. The names mean the same wherever its module is loaded: if a module
 * exports the object, workers find the functions there.
 */
export function markParts(object: object, list: ListParts): void {
  lists.set(object, list)
}

/** Returns the part of a value with this name. */
export function partNamed(value: unknown, name: string): AnyFunction | undefined {
  for (const [other, fn] of partsOf(value)) if (other === name) return fn
  return undefined
}

/** Returns the name of a function among the parts of a value; undefined if it is not one of them. */
export function nameOfPart(value: unknown, fn: unknown): string | undefined {
  for (const [name, other] of partsOf(value)) if (other === fn) return name
  return undefined
}

/** Returns the functions that a value is made of, with their names; none for a plain function. */
export function partsOf(value: unknown): ReturnType<ListParts> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return (isObject ? lists.get(value)?.() : undefined) ?? []
}

/** The task that an object stands for. */
export interface RunnableTask {
  readonly call: (input: unknown) => unknown
  /** The steps that it is made of, if the host should know them. */
  readonly steps: StepsOfTask | undefined
}

type Prepare = (args: readonly unknown[], steps?: readonly string[]) => RunnableTask

const runnables = processWide('runnables', () => new WeakMap<object, Prepare>())

/** Makes an object runnable although it is not a function. If a module exports it, a worker makes a task of it. */
export function markRunnable(object: object, prepare: Prepare): void {
  runnables.set(object, prepare)
}

/** Returns the function that makes the task of a value. */
export function runnableOf(value: unknown): Prepare | undefined {
  return typeof value === 'object' && value !== null ? runnables.get(value) : undefined
}
