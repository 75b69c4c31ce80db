/** What is kept to be used again, in bytes. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024
/** Sizes that are kept at most: those that do not come again give way. */
const MAX_SIZES = 8

/** Memory that a value lies in until it will not be sent any more. */
export type BufferLease = ArrayBuffer[]

/**
 * Memory for copies of large arrays that is used again once they are done with: to get a new megabyte takes several
 * times as long as to copy one (measured: 150 µs and 35 µs).
 */
export class BufferPool {
  /** What is free, by its exact size: a view is sent with all of its buffer. */
  readonly #free = new Map<number, ArrayBuffer[]>()
  #bytes = 0

  /** Memory with anything in it. */
  take(bytes: number): ArrayBuffer {
    const buffer = this.#free.get(bytes)?.pop()
    if (buffer === undefined) return new ArrayBuffer(bytes)
    this.#bytes -= bytes
    return buffer
  }

  /** Takes memory back that nobody reads any more; empties the list. */
  release(lease: BufferLease): void {
    for (const buffer of lease.splice(0)) this.#keep(buffer)
  }

  #keep(buffer: ArrayBuffer): void {
    const bytes = buffer.byteLength
    // Nothing is left of a buffer that was transferred.
    if (bytes === 0 || this.#bytes + bytes > MAX_KEPT_BYTES) return
    if (!this.#free.has(bytes) && this.#free.size === MAX_SIZES) {
      this.#free.clear()
      this.#bytes = 0
    }
    this.#bytes += bytes
    const free = this.#free.get(bytes)
    if (free === undefined) this.#free.set(bytes, [buffer])
    else free.push(buffer)
  }
}

/** That of this thread. */
export const bufferPool: BufferPool = new BufferPool()

/** Smaller copies are not worth it: new memory for them is as quick to have. */
const MIN_BYTES = 64 * 1024

/** Makes copies of the bytes in a value. */
export interface Copier {
  /** Another value begins. */
  begin(): void
  /** A copy of some bytes; undefined where it leaves that to others. */
  copy(buffer: ArrayBufferLike, offset: number, length: number): ArrayBufferLike | undefined
  /** What the value borrowed. */
  readonly lease: BufferLease | undefined
}

/** Makes the large copies of a value in memory that is used again, and notes what is to be given back. */
export class PoolCopier implements Copier {
  #lease: BufferLease = []

  /** Another value begins. */
  begin(): void {
    if (this.#lease.length > 0) this.#lease = []
  }

  /** What the value borrowed. */
  get lease(): BufferLease | undefined {
    return this.#lease.length === 0 ? undefined : this.#lease
  }

  /** A copy of some bytes; undefined where they are few. */
  copy(buffer: ArrayBufferLike, offset: number, length: number): ArrayBuffer | undefined {
    if (length < MIN_BYTES) return undefined
    const copy = bufferPool.take(length)
    this.#lease.push(copy)
    new Uint8Array(copy).set(new Uint8Array(buffer, offset, length))
    return copy
  }
}
