import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

import { Random } from '../../test/soak/random.ts'

const SEED = 11
const PIECE = 1 << 16
/** Most texts are plain ASCII; some are not, and some need escapes. */
const WORDS = 'row batch order worker window result input value time list byte frame chunk source sink'.split(' ')
const ODD_WORDS = ['"quoted"', 'naïve', '東京', '🙂', 'back\\slash', 'a,b']

/** The contents of a file of rows. */
export interface DataSpec {
  readonly kind: 'objects' | 'lines' | 'csv'
  /** Bytes of a row, on average. */
  readonly bytes: number
  /** Rounds of `spin` for each row. */
  readonly work?: number
  readonly isCompressed?: boolean
}

/** Writes a file of rows, the same ones for the same arguments. */
export function writeData(path: string, { kind, bytes, work = 0, isCompressed = false }: DataSpec, rows: number): void {
  const random = new Random(SEED)
  const file = openSync(path, 'w')
  let text = kind === 'csv' ? 'id,name,score,tags,text\n' : ''
  for (let id = 0; id < rows; id++) {
    text += `${rowOf(kind, id, bytes, work, random)}\n`
    if (text.length > PIECE) {
      writeSync(file, text)
      text = ''
    }
  }
  writeSync(file, text)
  closeSync(file)
  if (isCompressed) writeFileSync(path, gzipSync(readFileSync(path)))
}

function rowOf(kind: DataSpec['kind'], id: number, bytes: number, work: number, random: Random): string {
  if (kind === 'lines') return textOf(bytes - 1, random)
  const [name, score, tag] = [`item ${id}`, random.whole(0, 1e6) / 1_000, random.pick(WORDS)]
  if (kind === 'csv') {
    const front = `${id},${name},${score},${tag} ${random.pick(WORDS)},`
    return front + csvField(textOf(bytes - front.length - 1, random))
  }
  const fields = { id, name, score, work, tags: [tag, random.pick(WORDS)], active: (id & 1) === 0 }
  // A long row has parts within parts and many numbers, besides a long text.
  const more =
    bytes < 1_000
      ? {}
      : {
          values: Array.from({ length: 40 }, () => random.whole(0, 1e6) / 8),
          parts: Array.from({ length: 8 }, (_, at) => ({ at, name: `part ${at}`, sizes: [at, id], on: null })),
        }
  const front = JSON.stringify({ ...fields, ...more, text: '' }).length + 1
  return JSON.stringify({ ...fields, ...more, text: textOf(bytes - front, random) })
}

/** Words, as many as make about `length` bytes; every twentieth text holds one that is not plain. */
function textOf(length: number, random: Random): string {
  let text = random.next() < 0.05 ? `${random.pick(ODD_WORDS)} ` : ''
  while (text.length < length) text += `${random.pick(WORDS)} `
  return text.slice(0, length).trimEnd()
}

function csvField(text: string): string {
  return /[",]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
