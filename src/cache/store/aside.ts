import type { Copier } from '../../wire/codec/buffer-pool.ts'

/** Larger buffers are put aside, in bytes. */
const LARGE = 32 * 1024

/** Keeps large buffers of a value that is being encoded: they go to disk from where they are. */
export class Aside implements Copier {
  readonly lease = undefined
  #buffers: ArrayBuffer[] = []

  begin(): void {
    this.#buffers = []
  }

  copy(buffer: ArrayBufferLike, offset: number, length: number): ArrayBufferLike | undefined {
    if (length < LARGE || buffer instanceof SharedArrayBuffer) return undefined
    const part = length === buffer.byteLength ? buffer : buffer.slice(offset, offset + length)
    this.#buffers.push(part)
    return part
  }

  /** All of the value that was encoded last. */
  take(): readonly ArrayBuffer[] {
    const buffers = this.#buffers
    this.#buffers = []
    return buffers
  }
}
