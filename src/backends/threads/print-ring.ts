import type { LogFrame } from '../../wire/protocol/frames.ts'
import { LogMerger, bytesFor, printedBytes, readPrinted, writePrinted } from '../../wire/protocol/printed.ts'

/** Bytes of text that wait for the host, at most: some milliseconds of a flood. A power of two. */
const SIZE = 2 ** 19
/** Bytes read after which their room is given back. */
const FREE_BYTES = SIZE / 8
/** Time without a read after which the host may itself be waiting for the thread, in milliseconds. */
const PATIENCE_MS = 1_000
/** Stands in place of a length if the rest of the memory is empty. */
const SKIP = 0xffff_ffff
/** Positions of the counters: bytes ever written, bytes ever read, and a flag that the host was notified. */
const WRITTEN = 0
const READ = 1
const TOLD = 2
const STATE_BYTES = 16

/**
 * Memory through which a thread passes its output to its host.
 *
 * Its text reaches the host even if the thread is ended in the middle of its work. A thread that prints faster than the
 * host reads waits, rather than filling the memory with messages.
 */
export class PrintRing {
  readonly memory: SharedArrayBuffer
  readonly #state: Int32Array
  readonly #bytes: Buffer

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(STATE_BYTES + SIZE)) {
    this.memory = memory
    this.#state = new Int32Array(memory, 0, STATE_BYTES / 4)
    this.#bytes = Buffer.from(memory, STATE_BYTES)
  }

  /** Writes a piece when there is room for it. Returns false, without writing, if there was none for `PATIENCE_MS`. */
  write(frame: LogFrame, piece: string): boolean {
    const written = this.#state[WRITTEN] as number
    const at = written & (SIZE - 1)
    const most = aligned(bytesFor(piece.length))
    const skipped = SIZE - at < most ? SIZE - at : 0
    if (!this.#waitForRoom(written, skipped + most)) return false
    if (skipped > 0) this.#bytes.writeUInt32LE(SKIP, at)
    const bytes = writePrinted(this.#bytes, skipped > 0 ? 0 : at, frame, piece)
    Atomics.store(this.#state, WRITTEN, (written + skipped + aligned(bytes)) | 0)
    return true
  }

  /** Returns true if the host must be notified: once until it looks. */
  mustTell(): boolean {
    return Atomics.load(this.#state, TOLD) === 0 && Atomics.exchange(this.#state, TOLD, 1) === 0
  }

  /** Clears the notification, before the host reads. */
  heard(): void {
    Atomics.store(this.#state, TOLD, 0)
  }

  /** Takes all that is there, in few frames. */
  read(give: (frame: LogFrame) => void): void {
    const written = Atomics.load(this.#state, WRITTEN)
    let read = this.#state[READ] as number
    if (read === written) return
    const merger = new LogMerger(give)
    let freed = read
    while (read !== written) {
      const at = read & (SIZE - 1)
      if (this.#bytes.readUInt32LE(at) === SKIP) read = (read + SIZE - at) | 0
      else {
        merger.add(readPrinted(this.#bytes, at))
        read = (read + aligned(printedBytes(this.#bytes, at))) | 0
      }
      if (((read - freed) | 0) >= FREE_BYTES) this.#free((freed = read))
    }
    merger.flush()
    this.#free(read)
  }

  #free(read: number): void {
    Atomics.store(this.#state, READ, read)
    Atomics.notify(this.#state, READ)
  }

  #waitForRoom(written: number, bytes: number): boolean {
    for (;;) {
      const read = Atomics.load(this.#state, READ)
      if (SIZE - ((written - read) | 0) >= bytes) return true
      if (Atomics.wait(this.#state, READ, read, PATIENCE_MS) === 'timed-out') return false
    }
  }
}

/** Records begin at multiples of eight: there is always room for the mark of an empty rest. */
function aligned(bytes: number): number {
  return (bytes + 7) & ~7
}
