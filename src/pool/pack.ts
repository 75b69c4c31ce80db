import type { Special } from '../wire/codec/special.ts'
import type { BatchFrame, Column } from '../wire/frames.ts'
import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'

/** The message that carries a batch, and the buffers to hand over with it. */
export function packBatch(batch: Batch): { frame: BatchFrame; transfer: readonly unknown[] | undefined } {
  const { entries, job } = batch
  const first = entries[0] as Entry
  const transfer = entries.flatMap((entry) => entry.transfer ?? [])
  const frame: BatchFrame = {
    type: 'batch',
    id: batch.id,
    slot: batch.slot,
    group: job.id,
    concurrency: batch.alone ? 1 : job.options.concurrency,
    spread: first.spread,
    fn: first.fn.id,
    ...(entries.some((entry) => entry.fn !== first.fn) && { fns: entries.map((entry) => entry.fn.id) }),
    inputs: columnOf(entries),
    indexes: indexesOf(entries),
    ...(entries.some((entry) => entry.attempts > 0) && { attempts: entries.map((entry) => entry.attempts + 1) }),
  }
  return { frame, transfer: transfer.length === 0 ? undefined : transfer }
}

function columnOf(entries: readonly Entry[]): Column {
  if (typeof entries[0]?.value === 'number' && entries.every((entry) => typeof entry.value === 'number')) {
    const numbers = new Float64Array(entries.length)
    for (let i = 0; i < entries.length; i++) numbers[i] = (entries[i] as Entry).value as number
    return { values: numbers }
  }
  const specials: [number, readonly Special[]][] = []
  const values = entries.map((entry, i) => {
    if (entry.specials !== undefined) specials.push([i, entry.specials])
    return entry.value
  })
  return specials.length === 0 ? { values } : { values, specials }
}

function indexesOf(entries: readonly Entry[]): number | number[] {
  const first = (entries[0] as Entry).index
  for (let i = 1; i < entries.length; i++)
    if ((entries[i] as Entry).index !== first + i) return entries.map((entry) => entry.index)
  return first
}
