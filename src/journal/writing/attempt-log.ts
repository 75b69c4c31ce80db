import { randomBytes } from 'node:crypto'

import type { SuccessRun } from '../../observe/success-run.ts'
import { ROW_KEY_BYTES } from '../../rows/keys/row-keys.ts'
import { contentKey } from '../../task/canonical/canonical-hash.ts'
import { SLOW_MS } from '../../wire/protocol/frames.ts'
import { parseKey } from '../keys/key-counts.ts'
import { type AttemptLine, thousandths } from '../lines/journal-line.ts'
import type { JournalWriter } from './journal-writer.ts'
import { type LoggedAttempt, singleSuccess } from './logged-attempt.ts'
import { isWhole, shownError, shownInput } from './shown.ts'

/** Counts of a run, for the line at its end. */
interface Sums {
  attempts: number
  ok: number
  cached: number
  failed: number
  aborted: number
}

/** Writes the attempts of a run, and counts them. */
export class AttemptLog {
  readonly #writer: JournalWriter
  readonly sums: Sums = { attempts: 0, ok: 0, cached: 0, failed: 0, aborted: 0 }
  /** Milliseconds that all attempts took together. */
  workMs = 0

  constructor(writer: JournalWriter) {
    this.#writer = writer
  }

  /** Writes successes of consecutive inputs, and counts them. */
  writeRun(run: SuccessRun, out: number | undefined): void {
    const { items, offset, count, attempt, worker, start, ms, keys, of } = run
    // A success that was slow, or not at its first attempt, comes alone.
    if (attempt !== 1 || (count === 1 && ms >= SLOW_MS)) return this.write(this.single(run), out)
    this.countAttempts(count, ms)
    const task = items.index(offset)
    this.sums.ok += count
    this.#writer.worker(worker)
    const kind = keys === undefined ? 'value' : of
    const own = keys ?? valueKeys(count, (i) => contentKey(items.input(offset + i)))
    this.#writer.quick({ task, count, keys: own, of: kind, start, ms, worker: worker.id, out })
  }

  /** Makes an attempt of a run of one input, and counts it. */
  single({ items, offset, attempt, worker, start, ms }: SuccessRun): LoggedAttempt {
    this.countAttempts(1, ms)
    const input = items.input(offset)
    const key = items.key?.(offset) ?? contentKey(input)
    return singleSuccess({ index: items.index(offset), key, input, attempt, start, ms, worker })
  }

  /** Counts attempts that have ended. */
  countAttempts(count: number, ms: number): void {
    this.sums.attempts += count
    if (!Number.isNaN(ms)) this.workMs += ms
  }

  /** Writes an attempt: a quick success beside others, all else alone. */
  write(ended: LoggedAttempt, out?: number): void {
    const { error, isQuick, key, index, start, ms, worker } = ended
    if (error !== undefined) {
      const { step } = error
      return this.writeAlone(ended, { ...(step !== undefined && { step }), error: shownError(error) })
    }
    if (!isQuick) return this.writeAlone(ended, { ...(out !== undefined && { out }) })
    this.sums.ok++
    if (worker !== undefined) this.#writer.worker(worker)
    const parsed = parseKey(key)
    const keys = parsed?.bytes ?? valueKeys(1, () => key)
    this.#writer.quick({
      task: index,
      count: 1,
      keys,
      of: parsed?.kind ?? 'value',
      start,
      ms,
      worker: worker?.id ?? null,
      out,
    })
  }

  /** Writes an attempt as a line of its own, with what more there is to tell of it. */
  writeAlone(
    { index, key, input, attempt, state, start, ms, worker, isFinal, steps, error }: LoggedAttempt,
    more: Partial<AttemptLine>,
  ): void {
    const line: AttemptLine = {
      v: 2,
      task: index,
      key,
      attempt,
      state,
      start: thousandths(start),
      ms: thousandths(ms),
      worker: worker?.id ?? null,
      ...(steps !== undefined && { steps }),
      ...(!isFinal && { again: true }),
      ...more,
    }
    this.#count(line)
    const shown = shownInput(input)
    // The key of a row does not tell if what is shown is all of its value.
    const isCut = shown.isCut || (error !== undefined && key.startsWith('row:') && !isWhole(shown, input))
    if (worker !== undefined) this.#writer.worker(worker)
    this.#writer.attempt(line, { ...shown, isCut })
  }

  #count({ state, again }: AttemptLine): void {
    if (state === 'ok' || state === 'cached' || state === 'aborted') this.sums[state]++
    else if (again !== true) this.sums.failed++
  }
}

/** Makes keys of 16 bytes. Inputs that cannot be hashed get keys that no other input has. */
function valueKeys(count: number, keyOf: (i: number) => string): Uint8Array {
  const keys = new Uint8Array(count * ROW_KEY_BYTES)
  for (let i = 0; i < count; i++) keys.set(parseKey(keyOf(i))?.bytes ?? randomBytes(ROW_KEY_BYTES), i * ROW_KEY_BYTES)
  return keys
}
