import { closeSync, openSync, writeSync } from 'node:fs'
import { constants, crc32, deflateRawSync } from 'node:zlib'

import type { JournalEntry } from '../../journal/lines/read-journal.ts'
import { TraceEvents } from './trace-events.ts'

/** The beginning of traces, by which they are known as ours. */
export const TRACE_START = '{"otherData":{"generator":"manyhands"},"traceEvents":[\n'
/** Text that is written at once. */
const PIECE = 2 ** 18
/** The header of a gzip file without a name or a time, and the last block, which is empty. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
const LAST_BLOCK = Buffer.from([3, 0])

/** True if a file name asks for a compressed trace. */
export function isCompressed(file: string): boolean {
  return file.toLowerCase().endsWith('.gz')
}

/**
 * Writes a trace in Chrome's format, event by event. Viewers load one that was not ended, too. Methods throw if the file
 * cannot be written.
 */
export class TraceFile {
  readonly #fd: number
  readonly #events = new TraceEvents()
  readonly #isCompressed: boolean
  #text: string = TRACE_START
  #separator = ''
  #crc = 0
  #size = 0

  /** Opens `path`, which only its owner can read. `name`: the name that the trace will have in the end. */
  constructor(path: string, name: string = path) {
    this.#isCompressed = isCompressed(name)
    this.#fd = openSync(path, 'w', 0o600)
    if (this.#isCompressed) this.#writeAll(GZIP_HEADER)
  }

  /** Adds the events for an entry of a job log. */
  add(entry: JournalEntry): void {
    for (const event of this.#events.of(entry)) {
      this.#text += this.#separator + JSON.stringify(event)
      this.#separator = ',\n'
      if (this.#text.length >= PIECE) this.flush()
    }
  }

  /** Writes what was added. */
  flush(): void {
    const bytes = Buffer.from(this.#text)
    this.#text = ''
    if (bytes.length === 0) return
    if (!this.#isCompressed) return this.#writeAll(bytes)
    this.#crc = crc32(bytes, this.#crc)
    this.#size += bytes.length
    // Blocks that end at a whole byte can be joined.
    this.#writeAll(deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }))
  }

  /** Ends the trace, and closes the file. */
  end(): void {
    this.#text += '\n],"displayTimeUnit":"ms"}\n'
    try {
      this.flush()
      if (!this.#isCompressed) return
      const sums = Buffer.alloc(8)
      sums.writeUInt32LE(this.#crc >>> 0, 0)
      sums.writeUInt32LE(this.#size % 2 ** 32, 4)
      this.#writeAll(Buffer.concat([LAST_BLOCK, sums]))
    } finally {
      this.close()
    }
  }

  /** Closes the file as it is. */
  close(): void {
    closeSync(this.#fd)
  }

  #writeAll(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at)
  }
}
