import type { LogFrame } from '../wire/frames.ts'
import { currentScope } from './task-scope.ts'
import type { WorkerPort } from './worker-port.ts'

type Level = LogFrame['level']
type Stream = LogFrame['stream']

const LEVELS: readonly Level[] = ['log', 'info', 'warn', 'error', 'debug']

/**
 * Sends all that this thread prints to the host, with the task that printed it.
 *
 * Node would hand a thread's output to the host in its own time and lose lines when the thread is ended; what was posted
 * arrives.
 */
export function captureOutput(port: WorkerPort): void {
  let level: Level = 'write'
  for (const name of LEVELS) {
    const original = console[name as 'log'].bind(console)
    console[name as 'log'] = (...values: unknown[]): void => {
      level = name
      try {
        original(...values)
      } finally {
        level = 'write'
      }
    }
  }
  const redirect = (stream: Stream): void => {
    const write = (chunk: unknown, encoding?: unknown, done?: unknown): boolean => {
      port.post(record(stream, level, textOf(chunk, encoding)))
      const callback = typeof encoding === 'function' ? encoding : done
      if (typeof callback === 'function') process.nextTick(callback as () => void)
      return true
    }
    process[stream].write = write as NodeJS.WriteStream['write']
  }
  redirect('stdout')
  redirect('stderr')
}

function record(stream: Stream, level: Level, text: string): LogFrame {
  const scope = currentScope()
  const task = scope === undefined ? {} : { batch: scope.batch.id, offset: scope.item }
  return { type: 'log', ...task, stream, level, text, time: Date.now() }
}

function textOf(chunk: unknown, encoding: unknown): string {
  if (typeof chunk === 'string') return typeof encoding === 'string' && encoding !== 'utf8' ? Buffer.from(chunk, encoding as BufferEncoding).toString() : chunk
  return Buffer.from(chunk as Uint8Array).toString()
}
