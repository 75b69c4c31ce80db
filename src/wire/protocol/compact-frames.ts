import type { Special } from '../codec/special.ts'
import { readShaped } from '../shapes/shape-reader.ts'
import { ShapedColumn } from '../shapes/shaped-column.ts'
import type { ShapedValues } from '../shapes/shaped-values.ts'
import type { BatchFrame, Column, DoneFrame, HostFrame, WorkerFrame } from './frames.ts'
import type { RowColumn, TextColumn } from './row-columns.ts'

// Batches and their outcomes travel as lists. The names of their fields would take longer to send than their values
// (about 1 µs of the 10 µs of a single call, each way).

type CompactBatch = readonly [
  id: number,
  slot: number,
  group: number,
  concurrency: number,
  flags: number,
  fn: number,
  indexes: BatchFrame['indexes'],
  values: CompactValues | RowColumn,
  specials?: Column['specials'],
  fns?: BatchFrame['fns'],
  attempts?: BatchFrame['attempts'],
  fatal?: BatchFrame['fatal'],
  trace?: BatchFrame['trace'],
]

/** Values by shape, in the form in which they are sent. */
interface ShapedMessage {
  readonly shaped: ShapedValues
}

type CompactValues = Column['values'] | ShapedMessage

/** Flags of a batch: each input is the list of arguments. */
const SPREAD = 1
/** Every failure is fatal. */
const ALL_FATAL = 2
/** Results may wait. */
const PATIENT = 4

type CompactDone = readonly [
  batch: number,
  offsets: DoneFrame['offsets'],
  ms: number,
  bytes: number,
  end: boolean,
  values: CompactValues | TextColumn,
  specials?: Column['specials'],
  failures?: DoneFrame['failures'],
  memory?: number | undefined,
  times?: DoneFrame['times'],
  taskMs?: number | undefined,
  stopped?: true | undefined,
  start?: number | undefined,
  timed?: DoneFrame['timed'],
  keys?: DoneFrame['keys'],
  contents?: DoneFrame['contents'],
  unread?: DoneFrame['unread'],
]

/** A host's frame in the form in which it is sent. */
export type HostMessage = Exclude<HostFrame, BatchFrame> | CompactBatch

/** A worker's frame in the form in which it is sent. */
export type WorkerMessage = Exclude<WorkerFrame, DoneFrame> | CompactDone

export function compactHostFrame(frame: HostFrame): HostMessage {
  return frame.type === 'batch' ? compactBatch(frame) : frame
}

export function compactWorkerFrame(frame: WorkerFrame): WorkerMessage {
  return frame.type === 'done' ? compactDone(frame) : frame
}

export function expandHostMessage(message: HostMessage): HostFrame {
  return 'type' in message ? message : expandBatch(message)
}

export function expandWorkerMessage(message: WorkerMessage): WorkerFrame {
  return 'type' in message ? message : expandDone(message)
}

function compactBatch(frame: BatchFrame): CompactBatch {
  const { id, slot, group, concurrency, spread, fn, inputs, indexes, fns, attempts, trace } = frame
  const { values, specials } = 'rows' in inputs ? { values: inputs, specials: undefined } : compactColumn(inputs)
  const isPatient = frame.isPatient === true
  const flags = (spread ? SPREAD : 0) | (frame.fatal === true ? ALL_FATAL : 0) | (isPatient ? PATIENT : 0)
  const fatal = frame.fatal === true ? undefined : frame.fatal
  if ((specials ?? fns ?? attempts ?? fatal ?? trace) === undefined)
    return [id, slot, group, concurrency, flags, fn, indexes, values]
  return [id, slot, group, concurrency, flags, fn, indexes, values, specials, fns, attempts, fatal, trace]
}

function expandBatch(message: CompactBatch): BatchFrame {
  const [id, slot, group, concurrency, flags, fn, indexes, values, specials, fns, attempts, some, trace] = message
  const inputs = 'rows' in values ? values : expandColumn(values, specials)
  const spread = (flags & SPREAD) !== 0
  const frame: BatchFrame = { type: 'batch', id, slot, group, concurrency, spread, fn, inputs, indexes }
  const fatal = (flags & ALL_FATAL) === 0 ? some : true
  const isPatient = (flags & PATIENT) !== 0
  if (!isPatient && (fns ?? attempts ?? fatal ?? trace) === undefined) return frame
  return {
    ...frame,
    ...(isPatient && { isPatient }),
    ...(fns && { fns }),
    ...(attempts && { attempts }),
    ...(fatal && { fatal }),
    ...(trace && { trace }),
  }
}

function compactDone(frame: DoneFrame): CompactDone {
  const { batch, offsets, results, ms, bytes, end, failures, memory, times, taskMs, stopped } = frame
  const { start, timed, keys, contents, unread } = frame
  const { values, specials } = 'text' in results ? { values: results, specials: undefined } : compactColumn(results)
  if (
    (specials ?? failures ?? memory ?? times ?? taskMs ?? stopped ?? start ?? keys ?? contents ?? unread) === undefined
  )
    return [batch, offsets, ms, bytes, end, values]
  return [
    batch,
    offsets,
    ms,
    bytes,
    end,
    values,
    specials,
    failures,
    memory,
    times,
    taskMs,
    stopped,
    start,
    timed,
    keys,
    contents,
    unread,
  ]
}

function expandDone(message: CompactDone): DoneFrame {
  const [batch, offsets, ms, bytes, end, values, specials, failures, memory, times, taskMs, stopped, ...journal] =
    message
  const [start, timed, keys, contents, unread] = journal
  const results = 'text' in values ? values : expandColumn(values, specials)
  const frame: DoneFrame = { type: 'done', batch, offsets, results, ms, bytes, end }
  if ((failures ?? memory ?? times ?? taskMs ?? stopped ?? start ?? keys ?? contents ?? unread) === undefined)
    return frame
  return {
    ...frame,
    ...(failures && { failures }),
    ...(memory !== undefined && { memory }),
    ...(times && { times }),
    ...(taskMs !== undefined && { taskMs }),
    ...(stopped && { stopped }),
    ...(start !== undefined && { start }),
    ...(timed && { timed }),
    ...(keys && { keys }),
    ...(contents && { contents }),
    ...(unread && { unread }),
  }
}

function compactColumn(column: Column): { values: CompactValues; specials?: Column['specials'] } {
  return column instanceof ShapedColumn ? { values: { shaped: column.shaped } } : column
}

function expandColumn(sent: CompactValues, specials: Column['specials']): Column {
  const values = 'shaped' in sent ? readShaped(sent.shaped) : sent
  return specials === undefined ? { values } : { values, specials }
}

/** Up to this many numbers are sent faster one by one: an array of doubles has a buffer of its own. */
const FEW = 16

/** Packs values for sending. A column of numbers only becomes an array of doubles, which costs a tenth. */
export function packColumn(
  values: readonly unknown[],
  specials: readonly (readonly [position: number, specials: readonly Special[]])[] | undefined,
): Column {
  if (specials !== undefined) return { values, specials }
  const { length } = values
  if (length <= FEW || typeof values[0] !== 'number') return { values }
  const numbers = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (typeof value !== 'number') return { values }
    numbers[i] = value
  }
  return { values: numbers }
}
