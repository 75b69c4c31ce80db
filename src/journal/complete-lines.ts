import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

/** Bytes that are read at once. */
const PIECE = 2 ** 20

/** The longest line, in characters, that can be a row: of a longer one only the beginning is given. */
const LONGEST = 2 ** 26

/** Reads the lines of a file that end with a newline, in bounded memory. Throws if the file cannot be opened. */
export function* completeLines(file: string): Generator<string, void> {
  const fd = openSync(file, 'r')
  try {
    const piece = Buffer.allocUnsafe(PIECE)
    const decoder = new StringDecoder()
    let rest = ''
    for (let size = readSync(fd, piece); size > 0; size = readSync(fd, piece)) {
      const lines = (rest + decoder.write(piece.subarray(0, size))).split('\n')
      rest = lines.pop() as string
      if (rest.length > LONGEST) rest = rest.slice(0, PIECE)
      yield* lines
    }
  } finally {
    closeSync(fd)
  }
}
