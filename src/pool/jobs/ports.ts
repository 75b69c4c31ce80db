import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Chunk } from './chunk.ts'
import type { Item } from './item.ts'
import type { Median } from './median.ts'
import type { TextRun } from './text-run.ts'

/** The side of a job that its source sees. */
export interface SourcePort {
  /** Run times of the job's tasks that succeeded, in milliseconds. */
  readonly durations: Median
  /** True while the job takes items, and outcomes count. */
  readonly open: boolean
  /** Call it when something can be taken after there was nothing, or when the source has come to its end. */
  wake(): void
  /** Fails an item that was not taken, and will not be. */
  refuse(item: Item, error: unknown): void
  /** Gives the result of an item that was not taken: it came from a cache. */
  hit(item: Item, value: unknown, bytes: number): void
  /** Fails the job as a whole. */
  fail(error: unknown): void
}

/** The inputs of a job. */
export interface Source {
  /** Called once, by the job that it feeds, before anything is taken. */
  attach?(job: SourcePort): void
  /**
   * Takes at most `max` inputs that are ready now, fewer if they are large; undefined if there are none. Never waits.
   * `worker` stands for the worker that gets them, if that is known.
   */
  take(max: number, worker?: object): Chunk | undefined
  /** Number of inputs still to come, if that is known. */
  remaining(): number | undefined
  /** True if there is nothing to take now. */
  readonly empty: boolean
  /** The priority of the next input, if inputs have their own. */
  priority?(): number | undefined
  /** An error from reading the inputs: the job ends with it, after the outcomes of all inputs read before. */
  readonly error?: Ending | undefined
  /** True if an input so far had a timeout of its own. */
  readonly hasTimeouts?: boolean
  /** The most inputs that one call gets, if all are of one function. Absent: one. */
  readonly unit?: number
  /** Says if inputs that wait here for a time keep the process alive. */
  hold?(keepAlive: boolean): void
  /** Takes out inputs that were read and wait here: `stop` follows. */
  takeHeld?(): readonly Item[]
  /** True if no more will come. */
  readonly exhausted: boolean
  /**
   * Returns true if no more inputs of a function come before some that were taken, of which `held` have not been sent, have
   * their outcome. Absent: the same as `exhausted`.
   */
  isDry?(fn: PreparedFunction, held: number): boolean
  /** Stops reading, and drops inputs that were read and not taken. */
  stop(): void
}

/** The reason why a run did not end well. Wrapped, since any value can be thrown, `undefined` too. */
export interface Ending {
  readonly thrown: unknown
}

/** The part of a chunk that says which input an outcome belongs to. */
export type Addressed = Pick<Chunk, 'index' | 'sequence' | 'bytes' | 'tag'>

/** The receiver of a job's outcomes. Each input has exactly one. */
export interface Sink {
  /** Takes the result of the input at an offset of a chunk; `bytes` is about its size. */
  fulfil(chunk: Addressed, offset: number, value: unknown, bytes: number): void
  /**
   * Takes the results of consecutive inputs from an offset of a chunk on; `bytes` is about the size of each. Absent: they
   * are given one by one.
   */
  fulfilAll?(chunk: Addressed, offset: number, values: ArrayLike<unknown>, bytes: number): void
  /** Takes results as text, of the inputs from an offset of a chunk on. Absent: the run does not ask for text. */
  fulfilRun?(chunk: Addressed, offset: number, run: TextRun): void
  /** Takes a failure. The error is a `TaskError`, or one that fails all tasks of a function. */
  reject(item: Item, error: unknown): void
  /** Called after some outcomes were given; more may follow later. */
  flush(): void
  /** Called once, when all inputs have their outcome and no more will come, or when the job failed as a whole. */
  end(ending: Ending | undefined): void
}

/** Decides when more tasks of a job may be started. */
export interface StartLimiter {
  /** Number of tasks that may start now, at most `max`. After 0 the callback of `onOpen` is called when to ask again. */
  room(max: number): number
  /** Called when `count` tasks were handed out. */
  started(count: number): void
  onOpen(wake: () => void): void
  /** Says if its timers keep the process alive. */
  hold(keepAlive: boolean): void
  /** Called when the job asks no more: stops timers. */
  close(): void
}
