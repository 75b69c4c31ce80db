/** The most that is kept for reuse, in bytes. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024
/** The number of different sizes that are kept; when another one comes, all are dropped. */
const MAX_SIZES = 8

/** Buffers that hold a value until it will not be sent any more. */
export type BufferLease = ArrayBuffer[]

/**
 * Buffers for copies of large arrays, used again after their release. Allocating a new megabyte takes several times as
 * long as copying one (measured: 150 µs and 35 µs).
 */
export class BufferPool {
  /** Free buffers by their exact size: a view is sent with all of its buffer. */
  readonly #free = new Map<number, ArrayBuffer[]>()
  #bytes = 0

  /** Returns a buffer of this size. Its content is undefined. */
  take(bytes: number): ArrayBuffer {
    const buffer = this.#free.get(bytes)?.pop()
    if (buffer === undefined) return new ArrayBuffer(bytes)
    this.#bytes -= bytes
    return buffer
  }

  /** Takes back buffers that nothing reads any more; empties the lease. */
  release(lease: BufferLease): void {
    for (const buffer of lease.splice(0)) this.#keep(buffer)
  }

  #keep(buffer: ArrayBuffer): void {
    const bytes = buffer.byteLength
    // A transferred buffer has no memory left.
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

/** The pool of this thread. */
export const bufferPool: BufferPool = new BufferPool()

/** Copies below this size, in bytes, are not pooled: new memory is as fast for them. */
const MIN_BYTES = 64 * 1024

/**
 * How large arrays in a value are copied.
 *
 * - `pooled`: into buffers of the pool; the user of the encoder releases them.
 * - `passed`: not at all. The value has to be sent at once, by a message that copies it.
 */
export type LargeCopies = 'pooled' | 'passed'

/** Makes copies of the bytes in a value. */
export interface Copier {
  /** Called when another value begins. */
  begin(): void
  /** Returns a copy of some bytes, or undefined to leave them to the caller. */
  copy(buffer: ArrayBufferLike, offset: number, length: number): ArrayBufferLike | undefined
  /** The pooled buffers that the value uses. */
  readonly lease: BufferLease | undefined
  /** The value holds buffers that were passed as they are. */
  readonly hasPassed?: boolean
}

export function largeCopier(copies: LargeCopies | undefined): Copier | undefined {
  if (copies === undefined) return undefined
  return copies === 'pooled' ? new PoolCopier() : new PassingCopier()
}

/** Copies large parts of a value into pooled buffers, and notes them for their release. */
class PoolCopier implements Copier {
  #lease: BufferLease = []

  begin(): void {
    if (this.#lease.length > 0) this.#lease = []
  }

  get lease(): BufferLease | undefined {
    return this.#lease.length === 0 ? undefined : this.#lease
  }

  copy(buffer: ArrayBufferLike, offset: number, length: number): ArrayBuffer | undefined {
    if (length < MIN_BYTES) return undefined
    const copy = bufferPool.take(length)
    this.#lease.push(copy)
    new Uint8Array(copy).set(new Uint8Array(buffer, offset, length))
    return copy
  }
}

/** Passes large buffers as they are, if all of them is part of the value. */
class PassingCopier implements Copier {
  readonly lease = undefined
  #hasPassed = false

  begin(): void {
    this.#hasPassed = false
  }

  get hasPassed(): boolean {
    return this.#hasPassed
  }

  copy(buffer: ArrayBufferLike, _offset: number, length: number): ArrayBufferLike | undefined {
    if (length < MIN_BYTES || length !== buffer.byteLength) return undefined
    this.#hasPassed = true
    return buffer
  }
}
