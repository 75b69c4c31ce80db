import { randomBytes } from 'node:crypto'
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

import { JournalError } from '../errors/run-errors.ts'
import type { AttemptBatch, RunEnded, RunSample, RunStarted, WorkerExited, WorkerStarted } from '../observe/observer.ts'
import type { InnerObserver } from '../observe/observers.ts'
import type { SuccessRun } from '../observe/success-run.ts'
import { ROW_KEY_BYTES } from '../rows/keys/row-keys.ts'
import { contentKey } from '../task/canonical/canonical-hash.ts'
import { SLOW_MS } from '../wire/protocol/frames.ts'
import { FileLock } from './file-lock.ts'
import { type AttemptLine, thousandths } from './journal-line.ts'
import { JournalWriter } from './journal-writer.ts'
import { type KeyCounts, parseKey } from './key-counts.ts'
import { type RowBytes, rowsNotIn, takeRows } from './left-out-rows.ts'
import { type LoggedAttempt, loggedAttempt, singleSuccess } from './logged-attempt.ts'
import { Past } from './past.ts'
import { RowFile } from './row-file.ts'
import { runFacts } from './run-facts.ts'
import { runName } from './run-name.ts'
import { isWhole, shownError, shownInput } from './shown.ts'

/** The options of a journal. */
export interface JournalOptions {
  /** The run's name. @defaultValue a new one */
  readonly run?: string
  /** A success counts only when it is confirmed, because something has still to be done with its result. */
  readonly confirms?: boolean
  /** Successes are confirmed one by one, and not by runs of consecutive inputs. */
  readonly confirmsEach?: boolean
  /** Only inputs with these keys run, even if others with the same key succeeded. */
  readonly only?: KeyCounts | undefined
  /** Successes of other versions of the function count, too. */
  readonly anyCode?: boolean
  /** Facts about the run that its head tells, as JSON can hold them. */
  readonly facts?: Readonly<Record<string, unknown>>
}

/** Counts of a run, for the line at its end. */
interface Sums {
  attempts: number
  ok: number
  cached: number
  failed: number
  aborted: number
}

/**
 * A file that records the outcome of each attempt, so that a later run can skip inputs that succeeded. Attempts have a
 * line of their own, but for quick successes: one line tells of up to a thousand of them.
 */
export class Journal implements InnerObserver {
  readonly file: string
  readonly run: string
  readonly #confirms: boolean
  /** Absent if each success is confirmed by itself. */
  readonly successes?: (run: SuccessRun) => void
  /** Successes that are not confirmed, by the index of their input. */
  readonly #unconfirmed = new Map<number, LoggedAttempt>()
  readonly #only: KeyCounts | undefined
  readonly #anyCode: boolean
  #facts: Readonly<Record<string, unknown>>
  #writer: JournalWriter | undefined
  #lock: FileLock | undefined
  #past: Past | undefined
  #rowSecret: Uint8Array = randomBytes(ROW_KEY_BYTES)
  #skipped = 0
  #workMs = 0
  readonly #sums: Sums = { attempts: 0, ok: 0, cached: 0, failed: 0, aborted: 0 }
  #endedBy: RunEnded['endedBy']
  #error: JournalError | undefined

  constructor(file: string, options: JournalOptions = {}) {
    const { run = runName(), confirms = false, confirmsEach = false, only, anyCode = false, facts = {} } = options
    this.file = file
    this.run = run
    this.#confirms = confirms
    // Those that have to be confirmed are written then.
    if (!confirmsEach) this.successes = (successes) => (confirms ? undefined : this.confirmRun(successes, undefined))
    this.#only = only
    this.#anyCode = anyCode
    this.#facts = facts
  }

  /**
   * Reads what earlier runs did, and opens the file for this one. `facts`: more of them for the head of the run.
   *
   * @throws {JournalError} if another run writes it, it belongs to another function, or it is not a journal.
   */
  open(code: string, tell: (error: JournalError) => void, facts: Readonly<Record<string, unknown>> = {}): void {
    this.#facts = { ...facts, ...this.#facts }
    const onError = (error: JournalError): void => {
      this.#error = error
      tell(error)
    }
    // A pipe or a device holds no past, and needs no lock.
    if (statSync(this.file, { throwIfNoEntry: false })?.isFile() !== false) this.#readPast(code)
    try {
      const rowKey = Buffer.from(this.#rowSecret).toString('base64')
      this.#writer = new JournalWriter(new RowFile(this.file, onError), { run: this.run, code, rowKey })
    } catch (error) {
      this.#lock?.release()
      throw error
    }
  }

  /** The error for which it takes no more rows. */
  get error(): JournalError | undefined {
    return this.#error
  }

  /** Inputs that were left out because they succeeded before. */
  get skipped(): number {
    return this.#skipped
  }

  /** True if earlier runs succeeded with some inputs. */
  get goesOn(): boolean {
    return this.#past?.isEmpty === false
  }

  /** The successes of earlier runs, as the journal had them when it was opened. */
  get past(): Past | undefined {
    return this.#past
  }

  /** Milliseconds that all attempts took together. */
  get workMs(): number {
    return this.#workMs
  }

  /** The secret of the keys of rows: 16 bytes, the same in all runs of the journal. Valid when it is open. */
  get rowSecret(): Uint8Array {
    return this.#rowSecret
  }

  /** Tells if an input need not run, because it succeeded before. Each success counts for one input. */
  skips(input: unknown): boolean {
    if (this.#only !== undefined) return !this.#only.take(contentKey(input))
    const isDone = this.#past?.takes(input) === true
    if (isDone) this.#skipped++
    return isDone
  }

  /**
   * Tells which rows of a block need not run: 1 for each that succeeded before; undefined if none did. Each success counts
   * for one row. `parse` is called for rows that the journal may know as values; it may throw.
   */
  leavesOut(block: RowBytes, parse: (row: number) => unknown): Uint8Array | undefined {
    if (this.#only !== undefined) return rowsNotIn(this.#only, block, this.#rowSecret, parse)
    if (this.#past === undefined) return undefined
    const done = takeRows(this.#past.succeeded, block, this.#rowSecret, parse)
    if (done !== undefined) this.#skipped += done.reduce((sum, one) => sum + one, 0)
    return done
  }

  runStarted(run: RunStarted): void {
    this.#writer?.head(runFacts(run, this.#facts))
  }

  runEnded({ endedBy }: RunEnded): void {
    this.#endedBy = endedBy
  }

  workerStarted({ at, worker }: WorkerStarted): void {
    this.#writer?.worker(worker, at)
  }

  workerExited(event: WorkerExited): void {
    this.#writer?.workerExited(event)
  }

  sample(sample: RunSample): void {
    this.#writer?.sample(sample)
  }

  attempts(batch: AttemptBatch): void {
    for (let i = 0; i < batch.length; i++) {
      const ended = loggedAttempt(batch, i)
      if (ended === undefined) continue
      this.#sums.attempts++
      if (!Number.isNaN(ended.ms)) this.#workMs += ended.ms
      if (ended.error === undefined && this.#confirms) this.#unconfirmed.set(ended.index, ended)
      else this.#write(ended)
    }
  }

  /** Called when the result of an input has been delivered. `out`: the end of its line in the output, in bytes. */
  confirm(index: number, out: number | undefined): void {
    const ended = this.#takeUnconfirmed(index)
    if (ended !== undefined) this.#write(ended, out)
  }

  /** The same for consecutive inputs. `out`: the end of the last line. */
  confirmRun(run: SuccessRun, out: number | undefined): void {
    const { items, offset, count, attempt, worker, start, ms, keys, of } = run
    this.#sums.attempts += count
    if (!Number.isNaN(ms)) this.#workMs += ms
    const task = items.index(offset)
    // A success that was slow, or not at its first attempt, comes alone.
    if (attempt !== 1 || (count === 1 && ms >= SLOW_MS)) {
      const input = items.input(offset)
      const key = items.key?.(offset) ?? contentKey(input)
      return this.#write(singleSuccess({ index: task, key, input, attempt, start, ms, worker }), out)
    }
    this.#sums.ok += count
    this.#writer?.worker(worker)
    const kind = keys === undefined ? 'value' : of
    const own = keys ?? valueKeys(count, (i) => contentKey(items.input(offset + i)))
    this.#writer?.quick({ task, count, keys: own, of: kind, start, ms, worker: worker.id, out })
  }

  /** Called when the result of an input cannot be delivered: it failed. Returns the input. */
  refuse(index: number, { name, message }: Error): unknown {
    const ended = this.#takeUnconfirmed(index)
    if (ended === undefined) return undefined
    this.#writeAlone(ended, { state: 'failed', error: { name, message } })
    return ended.input
  }

  close(): void {
    const { attempts, ...states } = this.#sums
    const [skipped, workMs] = [this.#skipped, thousandths(this.#workMs)]
    this.#writer?.end({ ...states, skipped, attempts, workMs, endedBy: this.#endedBy })
    this.#writer?.close()
    this.#lock?.release()
  }

  #takeUnconfirmed(index: number): LoggedAttempt | undefined {
    const ended = this.#unconfirmed.get(index)
    this.#unconfirmed.delete(index)
    return ended
  }

  /** Writes an attempt: a quick success beside others, all else alone. */
  #write(ended: LoggedAttempt, out?: number): void {
    const { error, isQuick, key, index, start, ms, worker } = ended
    if (error !== undefined) {
      const { step } = error
      return this.#writeAlone(ended, { ...(step !== undefined && { step }), error: shownError(error) })
    }
    if (!isQuick) return this.#writeAlone(ended, { ...(out !== undefined && { out }) })
    this.#sums.ok++
    if (worker !== undefined) this.#writer?.worker(worker)
    const parsed = parseKey(key)
    const keys = parsed?.bytes ?? valueKeys(1, () => key)
    this.#writer?.quick({
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

  #writeAlone(
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
    if (worker !== undefined) this.#writer?.worker(worker)
    this.#writer?.attempt(line, { ...shown, isCut })
  }

  #count({ state, again }: AttemptLine): void {
    if (state === 'ok' || state === 'cached' || state === 'aborted') this.#sums[state]++
    else if (again !== true) this.#sums.failed++
  }

  #readPast(code: string): void {
    const holder = this.#takeLock()
    if (typeof holder === 'number')
      throw new JournalError(this.file, `the journal ${this.file} is in use by another run (process ${holder})`)
    this.#lock = holder
    try {
      this.#past = Past.read(this.file, this.#anyCode ? undefined : code, warnOf)
      this.#rowSecret = this.#past.rowSecret ?? this.#rowSecret
    } catch (error) {
      this.#lock.release()
      throw error
    }
  }

  #takeLock(): FileLock | number {
    try {
      mkdirSync(dirname(this.file), { recursive: true })
      return FileLock.take(this.file)
    } catch (cause) {
      throw new JournalError(this.file, `cannot write the journal ${this.file}: ${(cause as Error).message}`, { cause })
    }
  }
}

/** Makes keys of 16 bytes. Inputs that cannot be hashed get keys that no other input has. */
function valueKeys(count: number, keyOf: (i: number) => string): Uint8Array {
  const keys = new Uint8Array(count * ROW_KEY_BYTES)
  for (let i = 0; i < count; i++) keys.set(parseKey(keyOf(i))?.bytes ?? randomBytes(ROW_KEY_BYTES), i * ROW_KEY_BYTES)
  return keys
}

function warnOf(message: string): void {
  process.emitWarning(message, { type: 'ManyhandsWarning', code: 'MH_JOURNAL' })
}
