import { processWide } from '../util/own-package.ts'
import type { StepsOfTask } from '../wire/protocol/frames.ts'
import type { AnyFunction } from './task-function.ts'

type ListParts = () => Iterable<readonly [name: string, fn: AnyFunction]>

const lists = processWide('parts', () => new WeakMap<object, ListParts>())

/**
 * Says of which functions an object is made, by names that mean the same wherever its module is loaded: where a module
 * exports the object, workers find them there.
 */
export function markParts(object: object, list: ListParts): void {
  lists.set(object, list)
}

/** The function with a name among those that a value is made of. */
export function partNamed(value: unknown, name: string): AnyFunction | undefined {
  for (const [other, fn] of partsOf(value)) if (other === name) return fn
  return undefined
}

/** What a function is called among those that a value is made of; undefined where it is none of them. */
export function nameOfPart(value: unknown, fn: unknown): string | undefined {
  for (const [name, other] of partsOf(value)) if (other === fn) return name
  return undefined
}

function partsOf(value: unknown): ReturnType<ListParts> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return (isObject ? lists.get(value)?.() : undefined) ?? []
}

/** A task that an object stands for. */
export interface RunnableTask {
  readonly call: (input: unknown) => unknown
  /** What it is made of, where those who send it inputs should know. */
  readonly steps: StepsOfTask | undefined
}

type Prepare = (args: readonly unknown[]) => RunnableTask

const runnables = processWide('runnables', () => new WeakMap<object, Prepare>())

/** Says that an object can be run where a module exports it, though it is no function: a worker makes the task of it. */
export function markRunnable(object: object, prepare: Prepare): void {
  runnables.set(object, prepare)
}

/** How to make the task that a value stands for. */
export function runnableOf(value: unknown): Prepare | undefined {
  return typeof value === 'object' && value !== null ? runnables.get(value) : undefined
}
