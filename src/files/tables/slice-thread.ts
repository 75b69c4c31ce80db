// Reads a slice of a Parquet file for a thread that waits for it.
import { workerData } from 'node:worker_threads'

import { readSlice } from './read-slice.ts'
import type { SliceContent, SliceThreadData } from './slice-content.ts'

/** Rows that are made into text at a time: a text has a greatest length. */
const PART = 4_096

const { stored, port, signal } = workerData as SliceThreadData

void readSlice(stored)
  .then(
    (slice): SliceContent => {
      const parts: Buffer[] = []
      const bounds = new Uint32Array(2 * slice.rows)
      let end = 0
      for (let first = 0; first < slice.rows; first += PART) {
        const rows = Array.from({ length: Math.min(PART, slice.rows - first) }, (_, i) => first + i)
        const part = slice.bytesOf(rows)
        for (let i = 0; i < part.bounds.length; i++) bounds[2 * first + i] = end + (part.bounds[i] as number)
        parts.push(part.bytes)
        end += part.bytes.length
      }
      return { bytes: Buffer.concat(parts), bounds, format: slice.format }
    },
    () => undefined,
  )
  .then((content) => {
    port.postMessage(content)
    Atomics.store(signal, 0, 1)
    Atomics.notify(signal, 0)
  })
