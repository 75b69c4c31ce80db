import { closeSync, openSync, readSync } from 'node:fs'

/** Bytes that are read at once. */
const PIECE = 2 ** 18

/** The longest line, in bytes, that is kept whole: of a longer one only the beginning is given. */
const LONGEST = 2 ** 26

const NEWLINE = 0x0a

/** A place in a file: the end of the last line that was read, in bytes. */
export interface LinePlace {
  offset: number
}

/**
 * Reads the lines of a file that end with a newline, as bytes without it, in bounded memory. A line is valid until the
 * next is asked for. Begins at `place`, and moves it to the end of each line. Throws if the file cannot be opened or read.
 */
export function* byteLines(file: string, place: LinePlace = { offset: 0 }): Generator<Buffer, void> {
  const fd = openSync(file, 'r')
  try {
    let piece = Buffer.allocUnsafe(PIECE)
    // Bytes of a line whose end has not been read stand at the beginning.
    let kept = 0
    let readTo = place.offset
    // Pipes have no places to read from, only what comes next.
    const isWhole = readTo === 0
    for (let size = read(); size > 0; size = read()) {
      let start = 0
      const filled = kept + size
      for (let end = piece.indexOf(NEWLINE, kept); end >= 0 && end < filled; end = piece.indexOf(NEWLINE, start)) {
        place.offset = readTo - filled + end + 1
        yield piece.subarray(start, end)
        start = end + 1
      }
      kept = filled - start
      if (kept > LONGEST) kept = PIECE
      piece.copyWithin(0, start, start + kept)
    }
    function read(): number {
      if (kept > piece.length / 2) {
        const larger = Buffer.allocUnsafe(piece.length * 2)
        piece.copy(larger, 0, 0, kept)
        piece = larger
      }
      const size = readSync(fd, piece, kept, piece.length - kept, isWhole ? null : readTo)
      readTo += size
      return size
    }
  } finally {
    closeSync(fd)
  }
}
