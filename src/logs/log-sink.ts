import type { LogSink } from '../pool/log-sink.ts'
import type { LogsOption } from './log-record.ts'
import { OrderedLogs } from './ordered-logs.ts'
import type { Print } from './print.ts'
import { recordOf } from './record-of.ts'

/** The sink that an option asks for. */
export function logSink(option: LogsOption | undefined, print: Print): LogSink {
  switch (option) {
    case undefined:
    case 'inherit':
      return { take: ({ stream, text }) => print(stream, text) }
    case 'off':
      return { take: () => {} }
    case 'ordered':
      return new OrderedLogs(({ stream, text }) => print(stream, text))
    default:
      if (typeof option === 'object') return new OrderedLogs(option.ordered)
      return { take: (frame, entry, worker) => option(recordOf(frame, entry, worker)) }
  }
}
