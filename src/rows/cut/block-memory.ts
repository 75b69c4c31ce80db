/** The usual memory of a block, in bytes: what is read at once, and some of a row before it. */
const USUAL = 2 ** 20 + 2 ** 16

/** Buffers that are kept to be used again, at most. */
const KEPT = 8

/**
 * Memory of blocks, which is used again. New memory for each block would make V8 collect garbage each 16 MB or so, which
 * costs as much as all the rest of reading. It is shared memory, so that threads read rows where they are.
 */
export class BlockMemory {
  readonly #free: Buffer[] = []

  /** Returns at least so many bytes. */
  take(bytes: number): Buffer {
    return bytes > USUAL ? newMemory(bytes) : (this.#free.pop() ?? newMemory(USUAL))
  }

  /** Takes memory back that nothing looks at any more. */
  giveBack(memory: Buffer): void {
    if (memory.length === USUAL && this.#free.length < KEPT) this.#free.push(memory)
  }
}

function newMemory(bytes: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(bytes))
}
