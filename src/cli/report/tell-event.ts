import type { LogRecord } from '../../logs/log-record.ts'
import type { RunEvent } from '../../observe/event-observer.ts'
import type { WorkerRef } from '../../observe/observer.ts'
import type { Screen } from './screen.ts'

/** Formats something that a task printed, for programs. */
export function outputJson({ index, step, stream, text }: LogRecord): string {
  return JSON.stringify({ type: 'output', task: index ?? null, step, stream, text })
}

/** Says an event of a run, in a line. */
export function tellEvent(event: RunEvent, screen: Screen): void {
  screen.tell(describe(event), { type: 'event', event: event.type, text: describe(event) })
}

function describe(event: RunEvent): string {
  switch (event.type) {
    case 'start':
    case 'done': {
      const { task, attempt, worker } = event
      return `${event.type} ${task.name}[${task.index}] (attempt ${attempt}, worker ${worker.id})`
    }
    case 'hit':
      return `hit ${event.task.name}[${event.task.index}]`
    case 'retry':
    case 'failed':
      return `${event.type} ${event.error.message} (attempt ${event.attempt})`
    case 'late-error':
      return `late error of ${event.task?.name ?? 'no task'}: ${String(event.error)}`
    case 'worker-start':
      return `worker ${event.worker.id} started (pid ${event.worker.pid ?? 'unknown'}${onHost(event.worker)})`
    case 'worker-exit':
      return `worker ${event.worker.id} ended${event.death === undefined ? '' : ` (${event.death.reason})`}`
  }
}

function onHost({ host }: WorkerRef): string {
  return host === undefined ? '' : ` on ${host}`
}
