import { ATTEMPT_STATES } from '../observe/observer.ts'
import type { InnerObserver } from '../observe/observers.ts'
import { type Printed, recordOf } from '../pool/jobs/job-observers.ts'
import { guarded } from '../util/callbacks.ts'
import type { LogsOption } from './log-record.ts'
import { OrderedLogs } from './ordered-logs.ts'
import type { Print } from './print.ts'

/** An option says that output comes in the order of the inputs. */
export function ordersOutput(option: LogsOption | undefined): boolean {
  return option === 'ordered' || typeof option === 'object'
}

/**
 * The observer that carries out the option `logs`; undefined if output is dropped. `onThrow` is called with what a
 * function of the user's throws.
 */
export function openLogs(
  option: LogsOption | undefined,
  print: Print,
  onThrow: (thrown: unknown) => void = rethrow,
): InnerObserver<Printed> | undefined {
  switch (option) {
    case undefined:
    case 'inherit':
      return { output: ({ frame: { stream, text } }) => print(stream, text) }
    case 'off':
      return undefined
    case 'ordered':
      return inOrder(new OrderedLogs(({ stream, text }) => print(stream, text)))
    default:
      if (typeof option === 'object') return inOrder(new OrderedLogs(guarded(option.ordered, onThrow)))
      return { output: guarded(({ frame, item, worker }) => option(recordOf(frame, item, worker)), onThrow) }
  }
}

const REQUEUED = ATTEMPT_STATES.indexOf('requeued')

/** Output in the order of the inputs follows the outcomes: that of a task is held until those before it are complete. */
function inOrder(logs: OrderedLogs): InnerObserver<Printed> {
  return {
    output: ({ frame, item, worker }) => logs.take(frame, item, worker),
    attempts: (batch) => {
      for (let i = 0; i < batch.length; i++) {
        if (batch.final?.[i] !== 0 && batch.state?.[i] !== REQUEUED) logs.completed(batch.sequence(i))
      }
    },
    successes: ({ items, offset, count }) => logs.completed(items.sequence(offset), count),
    closed: () => logs.flush(),
  }
}

function rethrow(thrown: unknown): never {
  throw thrown
}
