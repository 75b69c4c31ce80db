/** A task of the benchmarks, by name. */
export type TaskName = 'noop' | 'spin' | 'touch'

/** A pool with two workers, ready for one of the tasks. */
export interface System {
  /** Runs one task. */
  run(input: unknown): Promise<unknown>
  /** Runs many, results as they come in order; absent where the system has no such thing. */
  map?(inputs: Iterable<unknown>): AsyncIterable<unknown>
  /** The same with at most so many inputs on their way. */
  mapWindowed?(inputs: Iterable<unknown>, window: number): AsyncIterable<unknown>
  /** Shares a typed array's memory with the workers, where the system can. */
  share?(array: Float64Array): Float64Array
  close(): Promise<unknown> | void
}

export type MakeSystem = (task: TaskName) => Promise<System>

export const WORKERS = 2
