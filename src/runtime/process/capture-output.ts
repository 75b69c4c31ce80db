import type { LogFrame, WorkerPort } from '../../wire/protocol/frames.ts'
import type { RunningBatch } from '../batches/running-batch.ts'
import { currentScope, type TaskScope } from '../scope/task-scope.ts'
import { HalfCharacters } from './half-characters.ts'

type Level = LogFrame['level']
type Stream = LogFrame['stream']
type Write = NodeJS.WriteStream['write']
type Written = (error?: Error | null) => void

/** Where a piece of output goes: to a worker's host, or (undefined) where it would have gone without us. */
type Route = (scope: TaskScope | undefined) => WorkerPort | undefined

const LEVELS = ['log', 'info', 'warn', 'error', 'debug'] as const
const STREAMS = ['stdout', 'stderr'] as const
/** In the place of an item: what no task prints. */
const NO_ITEM = -1

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

/** An item has its outcome: half a character that it wrote stays one. */
export function endOutput(batch: RunningBatch, item: number): void {
  for (const stream of STREAMS) {
    const text = batch.halves?.end(item, stream) ?? ''
    if (text !== '') batch.port.post(record({ batch, item }, stream, 'write', text))
  }
}

/** What no task prints. */
const strayHalves = new HalfCharacters()

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
  for (const stream of STREAMS) {
    const original: Write = process[stream].write.bind(process[stream])
    const write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      const scope = currentScope()
      const port = route(scope)
      if (port === undefined) return original(chunk, encoding as BufferEncoding, done as () => void)
      const text = textOf(scope, stream, chunk, encoding)
      if (text !== '') port.post(record(scope, stream, level, text))
      const callback = typeof encoding === 'function' ? encoding : done
      // The console's own has nothing to do: a task that prints without a pause would fill the memory with them.
      if (typeof callback === 'function' && level === 'write') tellWritten(callback as Written)
      return true
    }
    process[stream].write = write
  }
}

/** Callbacks of writes, to be called when the task lets go of the thread. */
let written: Written[] = []

function tellWritten(callback: Written): void {
  if (written.push(callback) > 1) return
  process.nextTick(() => {
    const callbacks = written
    written = []
    for (const one of callbacks) one()
  })
}

function record(
  scope: Pick<TaskScope, 'batch' | 'item'> | undefined,
  stream: Stream,
  level: Level,
  text: string,
): LogFrame {
  const time = Date.now()
  if (scope === undefined) return { type: 'log', stream, level, text, time }
  const { batch, item } = scope
  const step = batch.stepsOf(item)?.number
  const frame: LogFrame = { type: 'log', batch: batch.id, offset: item, stream, level, text, time }
  return step === undefined ? frame : { ...frame, step }
}

function textOf(scope: TaskScope | undefined, stream: Stream, chunk: string | Uint8Array, encoding: unknown): string {
  const isPlain = typeof encoding !== 'string' || encoding === 'utf8' || encoding === 'utf-8'
  const item = scope?.item ?? NO_ITEM
  if (typeof chunk === 'string' && isPlain) {
    const halves = scope === undefined ? strayHalves : scope.batch.halves
    return halves === undefined ? chunk : halves.end(item, stream) + chunk
  }
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk
  const halves = scope === undefined ? strayHalves : (scope.batch.halves ??= new HalfCharacters())
  return halves.decode(item, stream, bytes)
}
