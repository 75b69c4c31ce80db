import type { ByteReader, Room } from './byte-reader.ts'

/** Bytes of UTF-8 that a code unit of UTF-16 becomes, at most. */
const LONGEST = 3

/**
 * Reads text that begins with the byte order mark of UTF-16 as UTF-8, without that mark. Halves of surrogate pairs become
 * U+FFFD. All else is read as it is, and not copied but for the first piece.
 */
export function readUtf16(bytes: ByteReader): ByteReader {
  let begun: Buffer | undefined
  let decoder: Utf16Decoder | undefined
  let hasLooked = false
  const own = (size: number): Buffer => Buffer.allocUnsafeSlow(size)
  return {
    isPrompt: bytes.isPrompt,
    placeOf: (offset) => (decoder === undefined ? bytes.placeOf?.(offset) : undefined),
    close: () => bytes.close(),
    read: async (room) => {
      if (!hasLooked) {
        hasLooked = true
        begun = await readBeginning(bytes)
        decoder = decoderFor(begun)
        if (decoder !== undefined) begun = begun.length > 2 ? begun.subarray(2) : undefined
      }
      if (decoder === undefined) {
        if (begun === undefined) return bytes.read(room)
        const length = begun.length
        room(length).set(begun)
        begun = undefined
        return length
      }
      for (;;) {
        const piece = begun ?? (await readPiece(bytes, own))
        begun = undefined
        const text = decoder.decode(piece, piece.length === 0)
        if (text !== '') return room(LONGEST * text.length).write(text)
        if (piece.length === 0) return 0
      }
    },
  }
}

/** Reads two bytes at least, if there are as many. */
async function readBeginning(bytes: ByteReader): Promise<Buffer> {
  let all: Buffer = Buffer.alloc(0)
  while (all.length < 2) {
    const piece = await readPiece(bytes, (size) => Buffer.allocUnsafeSlow(size))
    if (piece.length === 0) break
    all = all.length === 0 ? piece : Buffer.concat([all, piece])
  }
  return all
}

async function readPiece(bytes: ByteReader, room: Room): Promise<Buffer> {
  let memory: Buffer = Buffer.alloc(0)
  const length = await bytes.read((size) => (memory = room(size)))
  return memory.subarray(0, length)
}

function decoderFor(beginning: Buffer): Utf16Decoder | undefined {
  const [first, second] = beginning
  if (first === 0xff && second === 0xfe) return new Utf16Decoder(false)
  return first === 0xfe && second === 0xff ? new Utf16Decoder(true) : undefined
}

/** Decodes UTF-16 piece by piece. */
class Utf16Decoder {
  readonly #isBigEndian: boolean
  /** A byte, or half of a surrogate pair, whose other half has not come. */
  #rest: Buffer = Buffer.alloc(0)

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian
  }

  decode(piece: Buffer, isLast: boolean): string {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    const even = bytes.length - (bytes.length % 2)
    const end = !isLast && this.#isHighSurrogate(bytes, even - 2) ? even - 2 : even
    const hasHalf = isLast && end < bytes.length
    this.#rest = isLast ? Buffer.alloc(0) : Buffer.from(bytes.subarray(end))
    const units = bytes.subarray(0, end)
    const text = (this.#isBigEndian ? Buffer.from(units).swap16() : units).toString('utf16le')
    return hasHalf ? `${text}\uFFFD` : text
  }

  #isHighSurrogate(bytes: Buffer, at: number): boolean {
    return at >= 0 && ((bytes[this.#isBigEndian ? at : at + 1] as number) & 0xfc) === 0xd8
  }
}
