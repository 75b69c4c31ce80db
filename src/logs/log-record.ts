/** Something that a task printed. */
export interface LogRecord {
  /** The task's name; undefined for what no task printed. */
  readonly task: string | undefined
  readonly index: number | undefined
  /** In a pipeline: the step that printed it. */
  readonly step?: string
  /** The task's input as the caller gave it. */
  readonly input: unknown
  readonly worker: { readonly id: number; readonly slot: number }
  readonly stream: 'stdout' | 'stderr'
  readonly level: 'log' | 'info' | 'warn' | 'error' | 'debug' | 'write'
  readonly text: string
  /** Milliseconds since 1970. */
  readonly time: number
}

/** Takes what tasks print. */
export type TakeLog = (record: LogRecord) => void

/**
 * What becomes of the tasks' console output: printed as it comes; each task's lines together, in input order; dropped; or
 * given to a function, as it comes or (`{ ordered }`) in that order.
 */
export type LogsOption = 'inherit' | 'ordered' | 'off' | TakeLog | { readonly ordered: TakeLog }
