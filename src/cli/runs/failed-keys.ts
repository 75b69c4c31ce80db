import type { RowState } from '../../journal/journal-line.ts'
import { KeyCounts, type KeyKind, parseKey } from '../../journal/key-counts.ts'
import { KEY_WORDS, KeyTable, keyWords } from '../../journal/key-table.ts'
import { TaskSet } from '../../journal/task-set.ts'
import { isGood, LastAttempts } from './last-attempts.ts'
import { readAttempts } from './log-summary.ts'

/** Counts by key the inputs that failed and have not succeeded in a later run with the same log. */
export function failedKeys(file: string): KeyCounts {
  const runs = new Map<string, LastAttempts>()
  const keys = new FailedKeys()
  for (const entry of readAttempts(file)) {
    const { run } = entry.kind === 'row' ? entry.row : entry.batch
    let last = runs.get(run)
    if (last === undefined) runs.set(run, (last = new LastAttempts()))
    if (entry.kind === 'batch') last.addBatch(entry.batch)
    else {
      last.addRow(entry.row, entry.number)
      if (!isGood(entry.row.state)) keys.add(entry.row.key)
    }
  }
  if (keys.size > 0) countLast(file, runs, keys)
  return keys.failed()
}

/** Tells the keys of all last attempts. */
function countLast(file: string, runs: ReadonlyMap<string, LastAttempts>, keys: FailedKeys): void {
  const numbers = new Map([...runs.keys()].map((run, number) => [run, number]))
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

/** The inputs of one key. */
interface KeyFacts {
  failed: number
  succeeded: number
  /** How many inputs of this key there are, at least. */
  known: number
  /** The run of the last attempt that was counted, and how many inputs of this key it knows of by then. */
  run: number
  knownInRun: number
}

/** The keys of inputs that failed at some time. */
class FailedKeys {
  readonly #tables: Readonly<Record<KeyKind, KeyTable>> = { row: new KeyTable(), value: new KeyTable() }
  readonly #texts: string[] = []
  readonly #facts: KeyFacts[] = []

  get size(): number {
    return this.#facts.length
  }

  add(key: string): void {
    const parsed = parseKey(key)
    if (parsed === undefined || this.has(parsed.kind, keyWords(parsed.bytes), 0)) return
    this.#texts.push(key)
    this.#facts.push({ failed: 0, succeeded: 0, known: 0, run: -1, knownInRun: 0 })
    this.#tables[parsed.kind].set(keyWords(parsed.bytes), 0, this.#facts.length)
  }

  has(kind: KeyKind, words: Uint32Array, at: number): boolean {
    return this.#tables[kind].get(words, at) !== 0
  }

  /** Counts the last attempt of an input. Attempts of one run come one after the other. */
  count(kind: KeyKind, words: Uint32Array, at: number, run: number, state: RowState): void {
    const facts = this.#facts[this.#tables[kind].get(words, at) - 1]
    if (facts === undefined) return
    // A later run leaves out what succeeded before, and runs all others of this key.
    if (facts.run !== run) facts.knownInRun = facts.succeeded
    facts.run = run
    facts.knownInRun++
    facts.known = Math.max(facts.known, facts.knownInRun)
    if (isGood(state)) facts.succeeded++
    else if (state !== 'aborted') facts.failed++
  }

  /** The inputs that are still to do. */
  failed(): KeyCounts {
    const counts = new KeyCounts()
    for (const [i, { failed, succeeded, known }] of this.#facts.entries()) {
      const rest = Math.min(known - succeeded, failed)
      if (rest > 0) counts.add(this.#texts[i] as string, rest)
    }
    return counts
  }
}
