/** Frames begin with this; those that are to be skipped with the other one, whose last half byte is theirs. */
const FRAME = 0xfd2fb528
const SKIPPABLE = 0x184d2a5
const MAGIC_BYTES = 4
const BLOCK_HEADER_BYTES = 3
const CHECKSUM_BYTES = 4

/** The blocks that are given at once, at most: each is at most 128 KiB when it is decompressed. */
const BLOCKS = 16

/** Bytes of one frame. `isEnd`: they are its last ones. */
export interface FramePiece {
  readonly bytes: Buffer
  readonly isEnd: boolean
}

/**
 * Splits Zstandard into its frames, piece by piece: Node before version 26 reads the first frame only, and Node 22 does not
 * notice if a frame is not complete.
 */
export class ZstdFrames {
  #state: 'frame' | 'skipped' | 'block' | 'content' | 'checksum' = 'frame'
  /** Bytes of a header that has not all come. */
  #rest: Buffer = Buffer.alloc(0)
  /** Bytes that are missing of what has no header of its own. */
  #missing = 0
  #hasChecksum = false
  #isLastBlock = false

  /** True if the last frame is complete. */
  get isComplete(): boolean {
    return this.#state === 'frame' && this.#rest.length === 0
  }

  /**
   * Yields what belongs to frames, in order; never more than decompresses to 2 MiB.
   *
   * @throws {Error} for what is no frame.
   */
  *split(piece: Uint8Array): Generator<FramePiece, void, undefined> {
    const bytes = Buffer.concat([this.#rest, piece])
    let start = 0
    let blocks = 0
    let at = 0
    for (;;) {
      if (this.#state === 'frame' || this.#state === 'block') {
        const size = this.#state === 'frame' ? this.#beginFrame(bytes, at) : this.#beginBlock(bytes, at)
        if (size === undefined) break
        at += size
      }
      const taken = Math.min(this.#missing, bytes.length - at)
      at += taken
      this.#missing -= taken
      if (this.#missing > 0) break
      const isSkipped = this.#state === 'skipped'
      const isEnd = this.#goOn()
      if (isSkipped) start = at
      else if (isEnd || ++blocks === BLOCKS) {
        yield { bytes: bytes.subarray(start, at), isEnd }
        start = at
        blocks = 0
      }
    }
    if (this.#state !== 'skipped' && at > start) yield { bytes: bytes.subarray(start, at), isEnd: false }
    this.#rest = bytes.subarray(at)
  }

  /** Goes to what follows in the frame. Returns true if nothing does. */
  #goOn(): boolean {
    if (this.#state === 'content') {
      if (!this.#isLastBlock) this.#state = 'block'
      else if (this.#hasChecksum) {
        this.#state = 'checksum'
        this.#missing = CHECKSUM_BYTES
      } else this.#state = 'frame'
    } else if (this.#state === 'checksum' || this.#state === 'skipped') this.#state = 'frame'
    return this.#state === 'frame'
  }

  /** Reads the header of a frame. Returns its size; undefined if it has not all come. */
  #beginFrame(bytes: Buffer, at: number): number | undefined {
    if (bytes.length < at + 2 * MAGIC_BYTES) return undefined
    const magic = bytes.readUInt32LE(at)
    if (magic >>> 4 === SKIPPABLE) {
      this.#state = 'skipped'
      this.#missing = bytes.readUInt32LE(at + MAGIC_BYTES)
      return 2 * MAGIC_BYTES
    }
    if (magic !== FRAME) throw new Error('it does not begin as Zstandard does')
    const descriptor = bytes[at + MAGIC_BYTES] as number
    const isSingle = (descriptor & 0x20) !== 0
    const content = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] as number
    const dictionary = [0, 1, 2, 4][descriptor & 3] as number
    const size = MAGIC_BYTES + 1 + (isSingle ? 0 : 1) + dictionary + content
    if (bytes.length < at + size) return undefined
    this.#hasChecksum = (descriptor & 4) !== 0
    this.#state = 'block'
    return size
  }

  /** Reads the header of a block likewise. */
  #beginBlock(bytes: Buffer, at: number): number | undefined {
    if (bytes.length < at + BLOCK_HEADER_BYTES) return undefined
    const header = bytes.readUIntLE(at, BLOCK_HEADER_BYTES)
    this.#isLastBlock = (header & 1) === 1
    // A block that repeats a byte has that alone.
    this.#missing = ((header >> 1) & 3) === 1 ? 1 : header >> 3
    this.#state = 'content'
    return BLOCK_HEADER_BYTES
  }
}
