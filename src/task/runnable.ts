import { processWide } from '../util/process-wide.ts'
import type { StepsOfTask } from '../wire/frames.ts'

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
