import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'

import type { RowContent } from '../../rows/row-block.ts'
import type { RowFormat, StoredRows } from '../../rows/row-format.ts'
import { IS_BUNDLED, PACKAGE_ROOT } from '../../util/own-package.ts'
import { IdleClearing } from './idle-clearing.ts'
import type { RowBytes } from './table-slice.ts'

const ENTRY = new URL(`files/tables/slice-thread.${IS_BUNDLED ? 'cjs' : 'js'}`, PACKAGE_ROOT)

/** After this many milliseconds without an answer a row counts as one that cannot be read. */
const LONGEST = 60_000

/** The data of a thread that reads a slice. */
export interface SliceThreadData {
  readonly stored: StoredRows
  readonly port: MessageChannel['port1']
  /** Set to 1, and notified, when the answer is there. */
  readonly signal: Int32Array
}

/** A slice as bytes of format `columns`; undefined if it cannot be read. */
export type SliceContent = (RowBytes & { readonly format: RowFormat }) | undefined

/** Slices that are kept: workers have one each. */
const KEPT = 4

/** The slices that were asked for last. */
const known = new Map<StoredRows, SliceContent>()
const clearing = new IdleClearing(() => known.clear())

/**
 * Reads a row that stays in its file, at once: needed only if something happens to a row alone, for its failure, its place in
 * a job log, or an observer. The package that decodes it is asynchronous, so a thread reads the slice while this one waits.
 * A row that cannot be read is its `position`, as a line of text.
 */
export function contentOf(stored: StoredRows, row: number, position: string): RowContent {
  clearing.used()
  if (!known.has(stored)) {
    if (known.size === KEPT) for (const [oldest] of [...known].slice(0, 1)) known.delete(oldest)
    known.set(stored, read(stored))
  }
  const content = known.get(stored)
  if (content === undefined) return { format: { kind: 'lines' }, bytes: Buffer.from(position) }
  const { bytes, bounds, format } = content
  return { format, bytes: bytes.subarray(bounds[2 * row], bounds[2 * row + 1]) }
}

function read(stored: StoredRows): SliceContent {
  const { port1, port2 } = new MessageChannel()
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const workerData: SliceThreadData = { stored, port: port2, signal }
  const thread = new Worker(ENTRY, { workerData, transferList: [port2], execArgv: [], stdin: false })
  thread.unref()
  // The row itself tells the rest.
  thread.on('error', () => {})
  Atomics.wait(signal, 0, 0, LONGEST)
  const answer = receiveMessageOnPort(port1)?.message as SliceContent
  port1.close()
  void thread.terminate()
  return answer && { ...answer, bytes: Buffer.from(answer.bytes) }
}
