import type { SourcePosition } from './capture/source-map.ts'

/** Finds what a user wrote from where the engine runs it; undefined where that is the same. All from 0. */
export type Locate = (file: string, line: number, column: number) => SourcePosition | undefined

/** A task that is being called, as whoever stands around the call sees it. */
export interface CalledTask {
  readonly name: string
  readonly index: number
  readonly attempt: number
  /** A copy of its own of the input. */
  readonly input: () => unknown
  readonly locate: Locate
  /** Puts the user's own lines into a stack. */
  readonly mapStack: (stack: string) => string
}

/**
 * Stands around each call of a task in the host's own thread: what it returns is the task's outcome. `call` may be called
 * any number of times; each call gets a copy of the input.
 */
export type AroundCall = (call: () => unknown, task: CalledTask) => unknown
