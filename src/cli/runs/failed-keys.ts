import { KeyCounts, type KeyKind, parseKey } from '../../journal/keys/key-counts.ts'
import { KEY_WORDS, KeyTable, keyWords } from '../../journal/keys/key-table.ts'
import { TaskSet } from '../../journal/keys/task-set.ts'
import type { RowState } from '../../journal/lines/journal-line.ts'
import { isGood, LastAttempts } from './last-attempts.ts'
import { readAttempts } from './last-rows.ts'

/** Counts by key the inputs that failed and have not succeeded in a later run with the same log. */
export function failedKeys(file: string): KeyCounts {
  const runs = new Map<string, LastAttempts>()
  const keys = new FailedKeys()
  for (const entry of readAttempts(file)) {
    const { run } = entry.kind === 'row' ? entry.row : entry.batch
    let last = runs.get(run)
    if (last === undefined) runs.set(run, (last = new LastAttempts()))
    if (entry.kind === 'batch') last.batch(entry.batch)
    else {
      last.row(entry.row, entry.number)
      if (!isGood(entry.row.state)) keys.add(entry.row.key)
    }
  }
  if (keys.size > 0) countLast(file, runs, keys)
  return keys.failed()
}

/** Tells the keys of all last attempts. */
function countLast(file: string, runs: ReadonlyMap<string, LastAttempts>, keys: FailedKeys): void {
  const numbers = new Map([...runs.keys()].map((run, i) => [run, i + 1]))
  const seen = new Map<string, TaskSet>()
  for (const entry of readAttempts(file)) {
    if (entry.kind === 'row') {
      const { run, key, state } = entry.row
      if (runs.get(run)?.isLast(entry.row, entry.number) !== true) continue
      const parsed = parseKey(key)
      if (parsed !== undefined) keys.count(parsed.kind, keyWords(parsed.bytes), 0, numbers.get(run) ?? 0, state)
      continue
    }
    const { run, task, count, of, keys: bytes } = entry.batch
    const last = runs.get(run)
    const words = keyWords(bytes)
    for (let i = 0; i < count; i++) {
      if (!keys.has(of, words, i * KEY_WORDS) || last?.isQuick(task + i) !== true) continue
      let tasks = seen.get(run)
      if (tasks === undefined) seen.set(run, (tasks = new TaskSet()))
      if (tasks.add(task + i)) keys.count(of, words, i * KEY_WORDS, numbers.get(run) ?? 0, 'ok')
    }
  }
}

/** The keys of inputs that failed at some time, with what is known of their inputs: flat columns by the number of the key. */
class FailedKeys {
  readonly #numbers: Readonly<Record<KeyKind, KeyTable>> = { row: new KeyTable(), value: new KeyTable() }
  readonly #failed: number[] = []
  readonly #succeeded: number[] = []
  /** The number of inputs of a key, at least. */
  readonly #known: number[] = []
  /** The run of the last attempt that was counted, and how many inputs of this key it knows of by then. */
  readonly #run: number[] = []
  readonly #knownInRun: number[] = []

  get size(): number {
    return this.#run.length
  }

  add(key: string): void {
    const parsed = parseKey(key)
    if (parsed === undefined) return
    const words = keyWords(parsed.bytes)
    if (this.has(parsed.kind, words, 0)) return
    for (const column of [this.#failed, this.#succeeded, this.#known, this.#run, this.#knownInRun]) column.push(0)
    this.#numbers[parsed.kind].set(words, 0, this.size)
  }

  has(kind: KeyKind, words: Uint32Array, at: number): boolean {
    return this.#numbers[kind].get(words, at) !== 0
  }

  /** Counts the last attempt of an input. Attempts of one run come one after the other. `run`: its number, from 1. */
  count(kind: KeyKind, words: Uint32Array, at: number, run: number, state: RowState): void {
    const key = this.#numbers[kind].get(words, at) - 1
    if (key < 0) return
    // A later run leaves out what succeeded before, and runs all others of this key.
    const before = this.#run[key] === run ? this.#knownInRun[key] : this.#succeeded[key]
    const knownInRun = (before as number) + 1
    this.#run[key] = run
    this.#knownInRun[key] = knownInRun
    this.#known[key] = Math.max(this.#known[key] as number, knownInRun)
    const counted = isGood(state) ? this.#succeeded : this.#failed
    if (state !== 'aborted') counted[key] = (counted[key] as number) + 1
  }

  /** The inputs that are still to do. */
  failed(): KeyCounts {
    const counts = new KeyCounts()
    for (const kind of ['row', 'value'] as const)
      for (const { words, number } of this.#numbers[kind].entries()) {
        const [known, succeeded, failed] = [this.#known, this.#succeeded, this.#failed].map(
          (column) => column[number - 1],
        )
        const rest = Math.min((known as number) - (succeeded as number), failed as number)
        if (rest > 0) counts.addWords(kind, words, 0, rest)
      }
    return counts
  }
}
