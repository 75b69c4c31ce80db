import { randomBytes } from 'node:crypto'
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

import { JournalError } from '../errors/run-errors.ts'
import type { AttemptBatch, RunEnded, RunSample, RunStarted, WorkerExited, WorkerStarted } from '../observe/observer.ts'
import type { InnerObserver } from '../observe/observers.ts'
import type { SuccessRun } from '../observe/success-run.ts'
import { ROW_KEY_BYTES } from '../rows/keys/row-keys.ts'
import { contentKey } from '../task/canonical/canonical-hash.ts'
import { FileLock } from './file-lock.ts'
import type { KeyCounts } from './keys/key-counts.ts'
import { type RowBytes, rowsNotIn, takeRows } from './keys/left-out-rows.ts'
import { thousandths } from './lines/journal-line.ts'
import { PartialStore } from './partials/partial-store.ts'
import { Past } from './past.ts'
import { runName } from './run-name.ts'
import { AttemptLog } from './writing/attempt-log.ts'
import { JournalWriter } from './writing/journal-writer.ts'
import { type LoggedAttempt, loggedAttempt } from './writing/logged-attempt.ts'
import { PendingRuns } from './writing/pending-runs.ts'
import { RowFile } from './writing/row-file.ts'
import { runFacts } from './writing/run-facts.ts'

/** The options of a journal. */
export interface JournalOptions {
  /** The run's name. @defaultValue a new one */
  readonly run?: string
  /** A success counts only when it is confirmed, because something has still to be done with its result. */
  readonly confirms?: boolean
  /** Only inputs with these keys run, even if others with the same key succeeded. */
  readonly only?: KeyCounts | undefined
  /** Successes of other versions of the function count, too. */
  readonly anyCode?: boolean
  /** Observers do not tell of inputs here: a reduction tells of its inputs by `added` and `failed`. */
  readonly isReduction?: boolean
  /** Facts about the run that its head tells, as JSON can hold them. */
  readonly facts?: Readonly<Record<string, unknown>>
}

/**
 * A file that records the outcome of each attempt, so that a later run can skip inputs that succeeded. Attempts have a
 * line of their own, but for quick successes: one line tells of up to a thousand of them.
 */
export class Journal implements InnerObserver {
  readonly file: string
  readonly run: string
  readonly needsKeys = true as const
  readonly #confirms: boolean
  /** Successes that are not confirmed, by the index of their input. */
  readonly #unconfirmed = new Map<number, LoggedAttempt>()
  /** The same, of successes that were told together. */
  readonly #pending = new PendingRuns()
  readonly #only: KeyCounts | undefined
  readonly #anyCode: boolean
  readonly #isReduction: boolean
  #facts: Readonly<Record<string, unknown>>
  #writer: JournalWriter | undefined
  #log: AttemptLog | undefined
  #lock: FileLock | undefined
  #code = ''
  #partials: PartialStore | undefined
  #past: Past | undefined
  #rowSecret: Uint8Array = randomBytes(ROW_KEY_BYTES)
  #skipped = 0
  #endedBy: RunEnded['endedBy']
  #cache: RunEnded['cache']
  #error: JournalError | undefined

  constructor(
    file: string,
    { run = runName(), confirms = false, only, anyCode = false, isReduction = false, facts = {} }: JournalOptions = {},
  ) {
    this.file = file
    this.run = run
    this.#confirms = confirms
    this.#only = only
    this.#anyCode = anyCode
    this.#isReduction = isReduction
    this.#facts = facts
  }

  /**
   * Reads what earlier runs did, and opens the file for this one. `facts`: more of them for the head of the run.
   *
   * @throws {JournalError} if another run writes it, it belongs to another function, or it is not a journal.
   */
  open(code: string, tell: (error: JournalError) => void, facts: Readonly<Record<string, unknown>> = {}): void {
    this.#facts = { ...facts, ...this.#facts }
    this.#code = code
    const onError = (error: JournalError): void => {
      this.#error = error
      tell(error)
    }
    // A pipe or a device holds no past, and needs no lock.
    if (statSync(this.file, { throwIfNoEntry: false })?.isFile() !== false) this.#readPast(code)
    try {
      const rowKey = Buffer.from(this.#rowSecret).toString('base64')
      this.#writer = new JournalWriter(new RowFile(this.file, onError), { run: this.run, code, rowKey })
      this.#log = new AttemptLog(this.#writer)
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
    return this.#log?.workMs ?? 0
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

  runEnded({ endedBy, cache }: RunEnded): void {
    this.#endedBy = endedBy
    this.#cache = cache
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
    if (this.#isReduction) return
    for (let i = 0; i < batch.length; i++) {
      const ended = loggedAttempt(batch, i)
      if (ended === undefined) continue
      this.#log?.countAttempts(1, ended.ms)
      if (ended.error === undefined && this.#confirms) this.#unconfirmed.set(ended.index, ended)
      else this.#log?.write(ended)
    }
  }

  successes(run: SuccessRun): void {
    if (this.#isReduction) return
    if (this.#confirms) this.#pending.add(run)
    else this.#log?.writeRun(run, undefined)
  }

  /** Called when the result of an input has been delivered. `out`: the end of its line in the output, in bytes. */
  confirm(index: number, out: number | undefined): void {
    const ended = this.#takeUnconfirmed(index)
    const run = ended === undefined ? this.#pending.take(index) : undefined
    if (ended !== undefined) this.#log?.write(ended, out)
    else if (run !== undefined) this.#log?.writeRun(run, out)
  }

  /** The same for consecutive inputs. `out`: the end of the last line. */
  confirmRun(run: SuccessRun, out: number | undefined): void {
    this.#pending.takeAll(run)
    this.#log?.writeRun(run, out)
  }

  /** Called when the result of an input cannot be delivered: it failed. Returns the input. */
  refuse(index: number, { name, message }: Error): unknown {
    const run = this.#unconfirmed.has(index) ? undefined : this.#pending.take(index)
    const ended = run === undefined ? this.#takeUnconfirmed(index) : this.#log?.single(run)
    if (ended === undefined) return undefined
    this.#log?.writeAlone(ended, { state: 'failed', error: { name, message } })
    return ended.input
  }

  /** Called when inputs of a reduction have been added by one call. */
  added(run: SuccessRun): void {
    this.#log?.writeRun(run, undefined)
  }

  /** Called when an input of a reduction failed for good. */
  failed(attempt: LoggedAttempt): void {
    this.#log?.countAttempts(1, attempt.ms)
    this.#log?.write(attempt)
  }

  /** Opens the partial results of a reduction, whose journal it is; undefined for a pipe or a device. Closed with it. */
  openPartials(): PartialStore | undefined {
    if (this.#lock !== undefined) this.#partials = new PartialStore(this.file, warnOf)
    return this.#partials
  }

  /** Returns true if a partial result of functions with this hash can be used. */
  accepts(code: string): boolean {
    return this.#anyCode || code === this.#code
  }

  /** The hash of the functions. Valid when it is open. */
  get code(): string {
    return this.#code
  }

  /** Counts inputs that need not be added, because their accumulator was kept. */
  skip(count: number): void {
    this.#skipped += count
  }

  close(): void {
    this.#partials?.close()
    if (this.#log !== undefined) {
      const { attempts, ...states } = this.#log.sums
      const workMs = thousandths(this.workMs)
      this.#writer?.end({
        ...states,
        skipped: this.#skipped,
        attempts,
        workMs,
        endedBy: this.#endedBy,
        cache: this.#cache,
      })
    }
    this.#writer?.close()
    this.#lock?.release()
  }

  #takeUnconfirmed(index: number): LoggedAttempt | undefined {
    const ended = this.#unconfirmed.get(index)
    this.#unconfirmed.delete(index)
    return ended
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

function warnOf(message: string): void {
  process.emitWarning(message, { type: 'ManyhandsWarning', code: 'MH_JOURNAL' })
}
