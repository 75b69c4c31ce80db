import type { LogFrame } from './frames.ts'

/** The size of a record's head: length of the text in bytes, stream, level and step, batch, item, and the time. */
const HEAD = 24
/** Longer texts, in characters, are written in pieces: this bounds what a reader holds at a time. */
export const PIECE_CHARS = 16_384
/** The largest size of a piece, in bytes. */
export const MAX_PRINTED_BYTES: number = bytesFor(PIECE_CHARS)

const LEVELS: readonly LogFrame['level'][] = ['log', 'info', 'warn', 'error', 'debug', 'write']
/** The lower bits hold stream and level; the bits from here on the step, counted from 1. */
const STEP_BIT = 8
/** Stands for batch or item in output that is not a task's. */
const NONE = -1

/** The largest size of a record for a text of this many characters, in bytes. */
export function bytesFor(chars: number): number {
  return HEAD + 3 * chars
}

/** Returns true for the first half of a surrogate pair, after which a text must not be cut. */
export function isFirstHalf(code: number): boolean {
  return code >= 0xd8_00 && code <= 0xdb_ff
}

/** Cuts a text into pieces that fit into a record; characters stay whole. */
export function* piecesOf(text: string): Generator<string> {
  let offset = 0
  while (text.length - offset > PIECE_CHARS) {
    const end = offset + PIECE_CHARS - (isFirstHalf(text.charCodeAt(offset + PIECE_CHARS - 1)) ? 1 : 0)
    yield text.slice(offset, end)
    offset = end
  }
  yield offset === 0 ? text : text.slice(offset)
}

/**
 * Writes a record, and returns its number of bytes. There must be room for it. Takes 0.2 µs for a line; V8's serializer
 * takes more than 2.
 */
export function writePrinted(into: Buffer, offset: number, frame: LogFrame, text: string): number {
  const length = into.write(text, offset + HEAD, 'utf8')
  into.writeUInt32LE(length, offset)
  const step = frame.step === undefined ? 0 : frame.step + 1
  into.writeUInt32LE(
    (step << STEP_BIT) + LEVELS.indexOf(frame.level) * 2 + (frame.stream === 'stderr' ? 1 : 0),
    offset + 4,
  )
  into.writeInt32LE(frame.batch ?? NONE, offset + 8)
  into.writeInt32LE(frame.offset ?? NONE, offset + 12)
  into.writeDoubleLE(frame.time, offset + 16)
  return HEAD + length
}

/** The size of the record at an offset, in bytes. */
export function printedBytes(from: Buffer, offset: number): number {
  return HEAD + from.readUInt32LE(offset)
}

/** Reads a record. Throws if there is none at the offset. */
export function readPrinted(from: Buffer, offset: number): LogFrame {
  const end = offset + printedBytes(from, offset)
  const kind = from.readUInt32LE(offset + 4)
  const level = LEVELS[(kind & ((1 << STEP_BIT) - 1)) >> 1]
  const step = kind >>> STEP_BIT
  if (level === undefined || end > from.length) throw new Error('invalid record of output')
  const batch = from.readInt32LE(offset + 8)
  const stream = kind % 2 === 1 ? 'stderr' : 'stdout'
  const text = from.toString('utf8', offset + HEAD, end)
  const time = from.readDoubleLE(offset + 16)
  if (batch === NONE) return { type: 'log', stream, level, text, time }
  const frame: LogFrame = { type: 'log', batch, offset: from.readInt32LE(offset + 12), stream, level, text, time }
  // Spread only if necessary: it takes longer than everything else here.
  return step > 0 ? { ...frame, step: step - 1 } : frame
}

/** Texts are merged up to this many characters. */
export const FULL_CHARS = 65_536

/** Merges consecutive output of a task into fewer frames: a million lines must not be a million frames. */
export class LogMerger {
  readonly #give: (frame: LogFrame) => void
  #first: LogFrame | undefined
  #text = ''

  constructor(give: (frame: LogFrame) => void) {
    this.#give = give
  }

  add(frame: LogFrame): void {
    if (this.#first === undefined || !isAlike(this.#first, frame) || this.#text.length >= FULL_CHARS) {
      this.flush()
      this.#first = frame
      this.#text = frame.text
    } else this.#text += frame.text
  }

  /** Passes on what has been merged so far. */
  flush(): void {
    const first = this.#first
    if (first === undefined) return
    this.#first = undefined
    this.#give({ ...first, text: this.#text })
  }
}

/** Returns true if two texts come from the same task, step, stream and level. */
export function isAlike(a: LogFrame, b: LogFrame): boolean {
  return (
    a.offset === b.offset && a.batch === b.batch && a.step === b.step && a.stream === b.stream && a.level === b.level
  )
}
