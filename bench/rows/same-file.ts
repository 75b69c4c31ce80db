import { closeSync, openSync, readSync } from 'node:fs'

const PIECE = 1 << 20
const EXCERPT_BYTES = 160
const NEWLINE = 10

/** Compares two files byte for byte. Returns where they differ, with both texts; undefined if they are the same. */
export function differenceOf(path: string, expectedPath: string): string | undefined {
  const files = [openSync(path, 'r'), openSync(expectedPath, 'r')] as const
  const [own, expected] = [Buffer.alloc(PIECE), Buffer.alloc(PIECE)]
  try {
    for (let line = 1; ;) {
      const size = readFull(files[0], own)
      const expectedSize = readFull(files[1], expected)
      const [a, b] = [own.subarray(0, size), expected.subarray(0, expectedSize)]
      if (!a.equals(b)) {
        const same = a.findIndex((byte, at) => byte !== b[at])
        const upTo = same < 0 ? size : same
        return `line ${line + newlinesIn(a.subarray(0, upTo))}: ${excerptOf(a, upTo)} instead of ${excerptOf(b, upTo)}`
      }
      if (size < PIECE) return undefined
      line += newlinesIn(a)
    }
  } finally {
    for (const file of files) closeSync(file)
  }
}

/** The line at a position, or the beginning of it. */
function excerptOf(bytes: Buffer, at: number): string {
  const start = at === 0 ? 0 : bytes.lastIndexOf(NEWLINE, at - 1) + 1
  const [line = ''] = bytes.toString('utf8', start, start + EXCERPT_BYTES).split('\n', 1)
  return line === '' && at >= bytes.length ? 'nothing' : JSON.stringify(line)
}

function readFull(file: number, buffer: Buffer): number {
  let size = 0
  while (size < buffer.length) {
    const read = readSync(file, buffer, { offset: size })
    if (read === 0) break
    size += read
  }
  return size
}

function newlinesIn(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++
  return count
}
