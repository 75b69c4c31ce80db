import type { LogFrame } from '../wire/frames.ts'
import { currentScope, type TaskScope } from './task-scope.ts'
import type { WorkerPort } from './worker-port.ts'

type Level = LogFrame['level']
type Stream = LogFrame['stream']
type Write = NodeJS.WriteStream['write']

/** Where a piece of output goes: to a worker's host, or (undefined) where it would have gone without us. */
type Route = (scope: TaskScope | undefined) => WorkerPort | undefined

const LEVELS = ['log', 'info', 'warn', 'error', 'debug'] as const

/**
 * Sends all that this thread prints to its host, with the task that printed it.
 *
 * Node would hand a thread's output to the host in its own time and lose lines when the thread is ended; what was posted
 * arrives.
 */
export function captureOutput(port: WorkerPort): void {
  redirect(() => port)
}

let capturing = false

/** The same in a thread that is the host's own: only what tasks print whose run asks for it. */
export function captureTaskOutput(): void {
  if (capturing) return
  capturing = true
  redirect((scope) => (scope?.batch.fn(scope.item).captureOutput === true ? scope.batch.port : undefined))
}

function redirect(route: Route): void {
  let level: Level = 'write'
  for (const name of LEVELS) {
    const original = console[name].bind(console)
    console[name] = (...values: unknown[]): void => {
      level = name
      try {
        original(...values)
      } finally {
        level = 'write'
      }
    }
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    const original: Write = process[stream].write.bind(process[stream])
    const write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      const scope = currentScope()
      const port = route(scope)
      if (port === undefined) return original(chunk, encoding as BufferEncoding, done as () => void)
      port.post(record(scope, stream, level, textOf(chunk, encoding)))
      const callback = typeof encoding === 'function' ? encoding : done
      if (typeof callback === 'function') process.nextTick(callback)
      return true
    }
    process[stream].write = write
  }
}

function record(scope: TaskScope | undefined, stream: Stream, level: Level, text: string): LogFrame {
  const task = scope === undefined ? {} : { batch: scope.batch.id, offset: scope.item }
  return { type: 'log', ...task, stream, level, text, time: Date.now() }
}

function textOf(chunk: string | Uint8Array, encoding: unknown): string {
  if (typeof chunk !== 'string') return Buffer.from(chunk).toString()
  const isPlain = typeof encoding !== 'string' || encoding === 'utf8' || encoding === 'utf-8'
  return isPlain ? chunk : Buffer.from(chunk, encoding as BufferEncoding).toString()
}
