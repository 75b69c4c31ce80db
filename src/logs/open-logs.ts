import type { LogSink } from '../pool/jobs/ports.ts'
import { guarded } from '../util/callbacks.ts'
import { type LogsOption, recordOf } from './log-record.ts'
import { OrderedLogs } from './ordered-logs.ts'
import type { Print } from './print.ts'

/** Opens the sink for a `logs` option. Calls `onThrow` with anything that the user's function throws. */
export function openLogs(
  option: LogsOption | undefined,
  print: Print,
  onThrow: (thrown: unknown) => void = rethrow,
): LogSink {
  switch (option) {
    case undefined:
    case 'inherit':
      return { take: ({ stream, text }) => print(stream, text) }
    case 'off':
      return { take: () => {} }
    case 'ordered':
      return new OrderedLogs(({ stream, text }) => print(stream, text))
    default:
      if (typeof option === 'object') return new OrderedLogs(guarded(option.ordered, onThrow))
      return { take: guarded((frame, entry, worker) => option(recordOf(frame, entry, worker)), onThrow) }
  }
}

function rethrow(thrown: unknown): never {
  throw thrown
}
