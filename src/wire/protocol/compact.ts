import type { Special } from '../codec/special.ts'
import type { BatchFrame, Column, DoneFrame, HostFrame, WorkerFrame } from './frames.ts'

// Batches and their outcomes travel as lists. The names of their fields would take longer to send than their values
// (about 1 µs of the 10 µs of a single call, each way).

type CompactBatch = readonly [
  id: number,
  slot: number,
  group: number,
  concurrency: number,
  spread: boolean,
  fn: number,
  indexes: BatchFrame['indexes'],
  values: Column['values'],
  specials?: Column['specials'],
  fns?: BatchFrame['fns'],
  attempts?: BatchFrame['attempts'],
]

type CompactDone = readonly [
  batch: number,
  offsets: DoneFrame['offsets'],
  ms: number,
  bytes: number,
  end: boolean,
  values: Column['values'],
  specials?: Column['specials'],
  failures?: DoneFrame['failures'],
  memory?: number | undefined,
  times?: DoneFrame['times'],
  taskMs?: number | undefined,
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
  const { id, slot, group, concurrency, spread, fn, inputs, indexes, fns, attempts } = frame
  const { values, specials } = inputs
  if (specials === undefined && fns === undefined && attempts === undefined)
    return [id, slot, group, concurrency, spread, fn, indexes, values]
  return [id, slot, group, concurrency, spread, fn, indexes, values, specials, fns, attempts]
}

function expandBatch(message: CompactBatch): BatchFrame {
  const [id, slot, group, concurrency, spread, fn, indexes, values, specials, fns, attempts] = message
  const inputs: Column = specials === undefined ? { values } : { values, specials }
  const frame: BatchFrame = { type: 'batch', id, slot, group, concurrency, spread, fn, inputs, indexes }
  if (fns === undefined && attempts === undefined) return frame
  return { ...frame, ...(fns && { fns }), ...(attempts && { attempts }) }
}

function compactDone(frame: DoneFrame): CompactDone {
  const { batch, offsets, results, ms, bytes, end, failures, memory, times, taskMs } = frame
  const { values, specials } = results
  if ((specials ?? failures ?? memory ?? times ?? taskMs) === undefined) return [batch, offsets, ms, bytes, end, values]
  return [batch, offsets, ms, bytes, end, values, specials, failures, memory, times, taskMs]
}

function expandDone(message: CompactDone): DoneFrame {
  const [batch, offsets, ms, bytes, end, values, specials, failures, memory, times, taskMs] = message
  const results: Column = specials === undefined ? { values } : { values, specials }
  const frame: DoneFrame = { type: 'done', batch, offsets, results, ms, bytes, end }
  if ((failures ?? memory ?? times ?? taskMs) === undefined) return frame
  return {
    ...frame,
    ...(failures && { failures }),
    ...(memory !== undefined && { memory }),
    ...(times && { times }),
    ...(taskMs !== undefined && { taskMs }),
  }
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
