import type { LogRecord } from '../observe/observer.ts'

export type { LogRecord } from '../observe/observer.ts'

/** Called with each record of output, synchronously. */
export type TakeLog = (record: LogRecord) => void

/**
 * The way of the tasks' console output: printed as it comes; each task's lines together, in input order; dropped; or
 * given to a function, as it comes or (`{ ordered }`) in that order.
 */
export type LogsOption = 'inherit' | 'ordered' | 'off' | TakeLog | { readonly ordered: TakeLog }
