import type { LogFrame, WorkerPort } from '../../wire/protocol/frames.ts'
import type { RunningBatch } from '../batches/running-batch.ts'
import { currentScope, outerScope, type TaskScope } from '../scope/task-scope.ts'
import { HalfCharacters } from './half-characters.ts'

type Level = LogFrame['level']
type Stream = LogFrame['stream']
type Write = NodeJS.WriteStream['write']
type Written = (error?: Error | null) => void

/** Returns the connection for a piece of output, or undefined for the original stream. */
type Route = (scope: TaskScope | undefined) => WorkerPort | undefined

const LEVELS = ['log', 'info', 'warn', 'error', 'debug'] as const
const STREAMS = ['stdout', 'stderr'] as const
/** The item number of output that is not a task's. */
const NO_ITEM = -1

/**
 * Sends the output of this thread to its host, with the task that printed it.
 *
 * Node would pass a thread's output to the host later, and lose lines if the thread is ended. Posted frames always
 * arrive.
 */
export function captureOutput(port: WorkerPort): void {
  redirect(() => port, outerScope)
}

let capturing = false

/** Sends the output of tasks in the host's own thread, if their runs, or runs around these, ask for it. */
export function captureTaskOutput(): void {
  if (capturing) return
  capturing = true
  const isCaptured = ({ batch, item }: TaskScope): boolean => batch.fn(item).captureOutput
  redirect(
    (scope) => scope?.batch.port,
    () => currentScope(isCaptured),
  )
}

/** Called when an item has its outcome: sends the incomplete character that it may have written, and ends its groups. */
export function endOutput(batch: RunningBatch, item: number): void {
  for (let open = batch.groups?.get(item) ?? 0; open > 0; open--) console.groupEnd()
  batch.groups?.delete(item)
  for (const stream of STREAMS) {
    const text = batch.halves?.end(item, stream) ?? ''
    if (text !== '') batch.port.post(record({ batch, item }, stream, 'write', text))
  }
}

/** Incomplete characters of output that is not a task's. */
const strayHalves = new HalfCharacters()

/** `scopeOf` returns the item that output belongs to. */
function redirect(route: Route, scopeOf: () => TaskScope | undefined): void {
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
  countGroups()
  for (const stream of STREAMS) {
    const original: Write = process[stream].write.bind(process[stream])
    const write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      const scope = scopeOf()
      const port = route(scope)
      if (port === undefined) return original(chunk, encoding as BufferEncoding, done as () => void)
      const text = textOf(scope, stream, chunk, encoding)
      if (text !== '') port.post(record(scope, stream, level, text))
      const callback = typeof encoding === 'function' ? encoding : done
      // Callbacks of the console itself do nothing. A task that prints without a pause would fill the memory with them.
      if (typeof callback === 'function' && level === 'write') tellWritten(callback as Written)
      return true
    }
    process[stream].write = write
  }
}

/** Notes the groups that each task has open: left open, they would indent what all later tasks print. */
function countGroups(): void {
  const step = { group: 1, groupCollapsed: 1, groupEnd: -1 } as const
  for (const name of ['group', 'groupCollapsed', 'groupEnd'] as const) {
    const original = console[name].bind(console)
    console[name] = (...values: unknown[]): void => {
      original(...(values as []))
      const scope = currentScope()
      if (scope === undefined) return
      const groups = (scope.batch.groups ??= new Map<number, number>())
      groups.set(scope.item, Math.max(0, (groups.get(scope.item) ?? 0) + step[name]))
    }
  }
}

/** Callbacks of writes, to be called when the task yields the thread. */
let written: Written[] = []

function tellWritten(callback: Written): void {
  if (written.push(callback) > 1) return
  queueMicrotask(() => {
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
