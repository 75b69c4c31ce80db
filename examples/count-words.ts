// How often does each word stand in some files? One value of all of them.
//
//   node examples/count-words.ts node_modules        the ten words that stand there most often
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { reduce, type ReduceOptions, type Reducer } from 'manyhands'

export type Counts = Map<string, number>

const TEXT = /\.(?:[cm]?[jt]s|json|md|txt|map|css|html|yml)$/
const WORD = /\p{L}{2,16}/gu

/** Counts words, whatever their case. The accumulator is changed in place: copying it for each file would take longer. */
export const wordCounts: Reducer<string, Counts> = {
  initial: () => new Map(),
  add: (counts, file) => {
    for (const [word] of readFileSync(file, 'utf8').toLowerCase().matchAll(WORD))
      counts.set(word, (counts.get(word) ?? 0) + 1)
  },
  combine: (a, b) => {
    for (const [word, count] of b) a.set(word, (a.get(word) ?? 0) + count)
  },
}

/** The text files in a folder, and in those below it. */
export function textFiles(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((one) => one.isFile() && TEXT.test(one.name)).map((one) => join(one.parentPath, one.name))
}

/** Counts the words of files on all cores. */
export function countWords(files: Iterable<string>, options?: ReduceOptions<string>): Promise<Counts> {
  return reduce(files, wordCounts, options)
}

if (process.argv[1] !== undefined && import.meta.url.endsWith(process.argv[1].replaceAll('\\', '/'))) {
  const counts = await countWords(textFiles(process.argv[2] ?? 'node_modules'))
  const most = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, 10)
  for (const [word, count] of most) console.log(`${count} ${word}`)
}
