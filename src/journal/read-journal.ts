import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

import { JournalError } from '../errors/journal-error.ts'
import { type JournalRow, parseRow } from './journal-row.ts'

const PIECE = 2 ** 20

/** The rows of a journal, in order. A last line without its end is no row. `onAlien` is told of each line that is none. */
export function* readJournal(file: string, onAlien: () => void = () => {}): Generator<JournalRow, void> {
  for (const line of completeLines(file)) {
    if (line === '') continue
    const row = parseRow(line)
    if (row === undefined) onAlien()
    else yield row
  }
}

function* completeLines(file: string): Generator<string, void> {
  const fd = open(file)
  try {
    const piece = Buffer.allocUnsafe(PIECE)
    const decoder = new StringDecoder()
    let rest = ''
    for (let size = readSync(fd, piece); size > 0; size = readSync(fd, piece)) {
      const lines = (rest + decoder.write(piece.subarray(0, size))).split('\n')
      rest = lines.pop() as string
      yield* lines
    }
  } finally {
    closeSync(fd)
  }
}

function open(file: string): number {
  try {
    return openSync(file, 'r')
  } catch (cause) {
    throw new JournalError(file, `cannot read the journal ${file}: ${(cause as Error).message}`, { cause })
  }
}
