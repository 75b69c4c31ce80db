import { copyMemory, type Loans } from './copy-memory.ts'

/** Smaller copies are not worth it: new memory for them is as quick to have. */
const MIN_BYTES = 64 * 1024

/** Makes copies of the bytes in a value. */
export interface Copier {
  /** Another value begins. */
  begin(): void
  /** A copy of some bytes; undefined where it leaves that to others. */
  copy(buffer: ArrayBufferLike, offset: number, length: number): ArrayBufferLike | undefined
  /** What the value borrowed. */
  readonly loans: Loans | undefined
}

/** Makes the large copies of a value in memory that is used again, and notes what is to be given back. */
export class Lender implements Copier {
  #loans: Loans = []

  /** Another value begins. */
  begin(): void {
    if (this.#loans.length > 0) this.#loans = []
  }

  /** What the value borrowed. */
  get loans(): Loans | undefined {
    return this.#loans.length === 0 ? undefined : this.#loans
  }

  /** A copy of some bytes; undefined where they are few. */
  copy(buffer: ArrayBufferLike, offset: number, length: number): ArrayBuffer | undefined {
    if (length < MIN_BYTES) return undefined
    const copy = copyMemory.take(length)
    this.#loans.push(copy)
    new Uint8Array(copy).set(new Uint8Array(buffer, offset, length))
    return copy
  }
}
