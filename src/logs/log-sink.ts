import type { WorkerIdentity } from '../errors/task-error.ts'
import type { Entry } from '../pool/entry.ts'
import type { LogSink } from '../pool/log-sink.ts'
import type { LogFrame } from '../wire/frames.ts'
import type { LogRecord, LogsOption } from './log-record.ts'
import { OrderedLogs } from './ordered-logs.ts'
import type { Print } from './print.ts'

/** The sink that an option asks for. */
export function logSink(option: LogsOption | undefined, print: Print): LogSink {
  switch (option) {
    case undefined:
    case 'inherit':
      return { take: ({ stream, text }) => print(stream, text) }
    case 'off':
      return { take: () => {} }
    case 'ordered':
      return new OrderedLogs(print)
    default:
      return { take: (frame, entry, worker) => option(recordOf(frame, entry, worker)) }
  }
}

function recordOf(
  { stream, level, text, time }: LogFrame,
  entry: Entry | undefined,
  { id, slot }: WorkerIdentity,
): LogRecord {
  return { task: entry?.fn.name, index: entry?.index, worker: { id, slot }, stream, level, text, time }
}
