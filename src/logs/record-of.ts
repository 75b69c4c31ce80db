import type { WorkerIdentity } from '../errors/task-errors.ts'
import type { Item } from '../pool/jobs/item.ts'
import type { LogFrame } from '../wire/protocol/frames.ts'
import type { LogRecord } from './log-record.ts'

/** What a worker sent, as users see it. */
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
