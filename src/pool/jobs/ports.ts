import type { Chunk } from './chunk.ts'
import type { Item } from './item.ts'
import type { Median } from './median.ts'

/** How a source reaches the job that it feeds. */
export interface SourcePort {
  /** What tasks of the job took that succeeded. */
  readonly durations: Median
  /** The job takes items, and outcomes count. */
  readonly open: boolean
  /** Something can be taken after there was nothing, or the source has come to its end. */
  wake(): void
  /** The final failure of an item that was not taken, and will not be. */
  refuse(item: Item, error: unknown): void
  /** The result of an item that was not taken: it needs no worker. */
  hit(item: Item, value: unknown, bytes: number): void
  /** The job cannot go on as a whole. */
  fail(error: unknown): void
}

/** Where a job's inputs come from. */
export interface Source {
  /** Called once, by the job that it feeds, before anything is taken. */
  attach?(job: SourcePort): void
  /** At most `max` inputs that are ready now, fewer where they are large; undefined where there are none. Never waits. */
  take(max: number): Chunk | undefined
  /** Inputs still to come, where that is known. */
  remaining(): number | undefined
  /** There is nothing to take now. */
  readonly empty: boolean
  /** The priority of the next input, where they have their own. */
  priority?(): number | undefined
  /** What reading the inputs threw: the job ends with it, after the outcomes of all that was read before. */
  readonly error?: Ending | undefined
  /** Some of the inputs have had a limit in time of their own. */
  readonly hasTimeouts?: boolean
  /** No more will come. */
  readonly exhausted: boolean
  /** Stops reading and lets go of what was read. */
  stop(): void
}

/** What a run ends with where it does not end well: whatever was thrown, `undefined` too. */
export interface Ending {
  readonly thrown: unknown
}

/** What of a chunk says whose outcome one is. */
export type Addressed = Pick<Chunk, 'index' | 'sequence' | 'bytes' | 'tag'>

/** Where a job's outcomes go. Each input has exactly one. */
export interface Sink {
  /** The result of the input at an offset of a chunk; `bytes` is about its size. */
  fulfil(chunk: Addressed, at: number, value: unknown, bytes: number): void
  /** The error is a `TaskError`, or one that fails all tasks of a function. */
  reject(item: Item, error: unknown): void
  /** Some outcomes have been given; more may follow later. */
  flush(): void
  /** All inputs have their outcome and no more will come, or the job failed as a whole. */
  end(ending: Ending | undefined): void
}

/** Says when more tasks of a job may be started. */
export interface StartLimiter {
  /** How many may start now, at most `max`. Where it is none, `onOpen` is told when to ask again. */
  room(max: number): number
  /** So many have been handed out. */
  started(count: number): void
  onOpen(wake: () => void): void
  /** Nobody will ask again. */
  close(): void
}
