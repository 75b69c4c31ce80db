// `npm run bench:reduce`: `reduce` beside what one would write without it, on two workers. Best of three.
import { statSync } from 'node:fs'

import { map, reduce } from 'manyhands'

import { countWords, textFiles, wordCounts } from '../../examples/count-words.ts'

const NUMBERS = 10_000_000
const WORKERS = 2

function* numbers(): Generator<number, undefined> {
  for (let i = 0; i < NUMBERS; i++) yield i % 100
  return undefined
}

const sum = {
  initial: (): number => 0,
  add: (total: number, input: number): number => total + input,
  combine: (a: number, b: number): number => a + b,
}

function identity(value: number): number {
  return value
}

async function sumHere(): Promise<number> {
  let total = 0
  for await (const values of map(numbers(), identity, { workers: WORKERS }).batches())
    for (const value of values) total += value
  return total
}

async function wordsHere(files: readonly string[]): Promise<number> {
  const counts = await wordCounts.initial()
  for (const file of files) await wordCounts.add(counts, file)
  return counts.size
}

/** The shortest time of three, in milliseconds. All must have the same result. */
async function best<T>(run: () => Promise<T>, expected?: T): Promise<{ readonly ms: number; readonly result: T }> {
  let ms = Infinity
  let result: T | undefined
  for (let i = 0; i < 3; i++) {
    const startedAt = performance.now()
    result = await run()
    ms = Math.min(ms, performance.now() - startedAt)
  }
  if (expected !== undefined && result !== expected) throw new Error(`${String(result)} instead of ${String(expected)}`)
  return { ms, result: result as T }
}

function tell(what: string, own: number, other: number, than: string): void {
  console.log(
    `${what}: ${own.toFixed()} ms, ${(other / own).toFixed(2)} times as fast as ${than} (${other.toFixed()} ms)`,
  )
}

const mapped = await best(sumHere)
const reduced = await best(() => reduce(numbers(), sum, { workers: WORKERS }), mapped.result)
tell(`sum of ${NUMBERS} small integers`, reduced.ms, mapped.ms, 'map and a sum here')

const files = textFiles(process.argv[2] ?? 'node_modules')
const megabytes = files.reduce((total, file) => total + statSync(file).size, 0) / 1e6
const loop = await best(() => wordsHere(files))
const counted = await best(async () => (await countWords(files, { workers: WORKERS })).size, loop.result)
tell(`words of ${megabytes.toFixed()} MB in ${files.length} files`, counted.ms, loop.ms, 'a loop')
