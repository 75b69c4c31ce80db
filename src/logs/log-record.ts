import type { WorkerIdentity } from '../errors/task-errors.ts'
import type { Item } from '../pool/jobs/item.ts'
import type { LogFrame } from '../wire/protocol/frames.ts'

/** Something that a task printed. */
export interface LogRecord {
  /** The task's name; undefined for output of no task. */
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

/** Called with each record of output, synchronously. */
export type TakeLog = (record: LogRecord) => void

/**
 * The way of the tasks' console output: printed as it comes; each task's lines together, in input order; dropped; or
 * given to a function, as it comes or (`{ ordered }`) in that order.
 */
export type LogsOption = 'inherit' | 'ordered' | 'off' | TakeLog | { readonly ordered: TakeLog }

/** Makes the record that users see of a frame that a worker sent. */
export function recordOf(
  { step: number, stream, level, text, time }: LogFrame,
  entry: Item | undefined,
  { id, slot }: WorkerIdentity,
): LogRecord {
  const { fn, index, input } = entry ?? {}
  const step = number === undefined ? undefined : fn?.steps?.names[number]
  const record: LogRecord = { task: fn?.name, index, input, worker: { id, slot }, stream, level, text, time }
  return step === undefined ? record : { ...record, step }
}
