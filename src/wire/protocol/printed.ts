import type { LogFrame } from './frames.ts'

/** Before the text: its length in bytes, stream, level and step, batch, item, and the time. */
const HEAD = 24
/** A longer text is written in pieces of so many characters: what a reader holds at a time is bounded. */
export const PIECE_CHARS = 16_384
/** The most that a piece takes. */
export const MAX_PRINTED_BYTES: number = bytesFor(PIECE_CHARS)

const LEVELS: readonly LogFrame['level'][] = ['log', 'info', 'warn', 'error', 'debug', 'write']
/** Stream and level take less; above them stands the step, counted from 1. */
const STEP_BIT = 8
/** In the place of a batch or an item: it is no task's. */
const NONE = -1

/** The most that a text of so many characters takes as a record. */
export function bytesFor(chars: number): number {
  return HEAD + 3 * chars
}

/** Whether a character goes on with the next code: what is cut after it is no character. */
export function isFirstHalf(code: number): boolean {
  return code >= 0xd8_00 && code <= 0xdb_ff
}

/** A text in pieces that a record can hold; characters stay whole. */
export function* piecesOf(text: string): Generator<string> {
  let at = 0
  while (text.length - at > PIECE_CHARS) {
    const end = at + PIECE_CHARS - (isFirstHalf(text.charCodeAt(at + PIECE_CHARS - 1)) ? 1 : 0)
    yield text.slice(at, end)
    at = end
  }
  yield at === 0 ? text : text.slice(at)
}

/**
 * Writes what was printed as bytes: 0.2 µs for a line, which takes V8's serializer more than 2. There must be room for
 * it. Returns the number of bytes.
 */
export function writePrinted(into: Buffer, at: number, frame: LogFrame, text: string): number {
  const length = into.write(text, at + HEAD, 'utf8')
  into.writeUInt32LE(length, at)
  const step = frame.step === undefined ? 0 : frame.step + 1
  into.writeUInt32LE((step << STEP_BIT) + LEVELS.indexOf(frame.level) * 2 + (frame.stream === 'stderr' ? 1 : 0), at + 4)
  into.writeInt32LE(frame.batch ?? NONE, at + 8)
  into.writeInt32LE(frame.offset ?? NONE, at + 12)
  into.writeDoubleLE(frame.time, at + 16)
  return HEAD + length
}

/** The bytes that the record at some place takes. */
export function printedBytes(from: Buffer, at: number): number {
  return HEAD + from.readUInt32LE(at)
}

/** Reads a record. Throws where there is none. */
export function readPrinted(from: Buffer, at: number): LogFrame {
  const end = at + printedBytes(from, at)
  const kind = from.readUInt32LE(at + 4)
  const level = LEVELS[(kind & ((1 << STEP_BIT) - 1)) >> 1]
  const step = kind >>> STEP_BIT
  if (level === undefined || end > from.length) throw new Error('this is nothing that was printed')
  const batch = from.readInt32LE(at + 8)
  const stream = kind % 2 === 1 ? 'stderr' : 'stdout'
  const text = from.toString('utf8', at + HEAD, end)
  const time = from.readDoubleLE(at + 16)
  if (batch === NONE) return { type: 'log', stream, level, text, time }
  const frame: LogFrame = { type: 'log', batch, offset: from.readInt32LE(at + 12), stream, level, text, time }
  // To spread an object takes longer than all else here.
  return step > 0 ? { ...frame, step: step - 1 } : frame
}

/** Texts are put together up to so many characters. */
export const FULL_CHARS = 65_536

/** Puts what one task printed in a row into fewer frames: a million lines shall not be a million frames. */
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

  /** Gives what is there. */
  flush(): void {
    const first = this.#first
    if (first === undefined) return
    this.#first = undefined
    this.#give({ ...first, text: this.#text })
  }
}

/** Whether two texts come from the same task in the same way. */
export function isAlike(a: LogFrame, b: LogFrame): boolean {
  return (
    a.offset === b.offset && a.batch === b.batch && a.step === b.step && a.stream === b.stream && a.level === b.level
  )
}
