import { mkdirSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'

import { JournalError } from '../errors/run-errors.ts'
import { ATTEMPT_STATES, type AttemptBatch } from '../observe/observer.ts'
import type { InnerObserver } from '../observe/observers.ts'
import type { SuccessRun } from '../observe/success-run.ts'
import { contentKey } from '../task/canonical/canonical-hash.ts'
import { FileLock } from './file-lock.ts'
import type { JournalRow } from './journal-row.ts'
import type { KeyCounts } from './key-counts.ts'
import { Past } from './past.ts'
import { RowFile } from './row-file.ts'
import { runName } from './run-name.ts'
import { shownError, shownInput } from './shown.ts'

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
}

/** A file that records the outcome of each attempt, so that a later run can skip inputs that succeeded. */
export class Journal implements InnerObserver {
  readonly file: string
  readonly run: string
  readonly #confirms: boolean
  /** Rows of successes that are not confirmed, by the index of their input. */
  readonly #unconfirmed = new Map<number, JournalRow>()
  readonly #only: KeyCounts | undefined
  readonly #anyCode: boolean
  #rows: RowFile | undefined
  #lock: FileLock | undefined
  #past: Past | undefined
  #code = ''
  #skipped = 0
  #workMs = 0
  #error: JournalError | undefined

  constructor(file: string, { run = runName(), confirms = false, only, anyCode = false }: JournalOptions = {}) {
    this.file = file
    this.run = run
    this.#confirms = confirms
    this.#only = only
    this.#anyCode = anyCode
  }

  /**
   * Reads what earlier runs did, and opens the file for this one.
   *
   * @throws {JournalError} if another run writes it, it belongs to another function, or it is not a journal.
   */
  open(code: string, tell: (error: JournalError) => void): void {
    this.#code = code
    const onError = (error: JournalError): void => {
      this.#error = error
      tell(error)
    }
    // A pipe or a device holds no past, and needs no lock.
    if (statSync(this.file, { throwIfNoEntry: false })?.isFile() === false) {
      this.#rows = new RowFile(this.file, onError)
      return
    }
    const holder = this.#takeLock()
    if (typeof holder === 'number') {
      throw new JournalError(this.file, `the journal ${this.file} is in use by another run (process ${holder})`)
    }
    this.#lock = holder
    try {
      this.#past = Past.read(this.file, this.#anyCode ? undefined : code, warnOf)
      this.#rows = new RowFile(this.file, onError)
    } catch (error) {
      this.#lock.release()
      throw error
    }
  }

  /** The error for which it takes no more rows. */
  get rowSecret(): Uint8Array {
    return SECRET
  }

  leavesOut(_bytes: Uint8Array, bounds: Uint32Array, parse: (row: number) => unknown): Uint8Array | undefined {
    if (!this.goesOn && this.#only === undefined) return undefined
    return Uint8Array.from({ length: bounds.length / 2 }, (_, row) => (this.skips(parse(row)) ? 1 : 0))
  }

  successes(): void {}

  confirmRun(run: SuccessRun, out: number | undefined): void {
    const v2 = {
      v: 2,
      task: run.items.index(run.offset),
      count: run.count,
      state: 'ok',
      keys: Buffer.from(run.keys ?? []).toString('base64'),
      ms: run.ms,
      out,
    }
    this.#rows?.append(JSON.stringify(v2))
  }

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

  /** Tells if an input need not run, because it succeeded before. Each success counts for one input. */
  skips(input: unknown): boolean {
    if (this.#only !== undefined) return !this.#only.take(contentKey(input))
    const isDone = this.#past?.takes(input) === true
    if (isDone) this.#skipped++
    return isDone
  }

  attempts(batch: AttemptBatch): void {
    for (let i = 0; i < batch.length; i++) this.#attempt(batch, i)
  }

  #attempt(batch: AttemptBatch, i: number): void {
    const state = ATTEMPT_STATES[batch.state?.[i] ?? 0] ?? 'ok'
    const error = batch.error(i)
    const attempt = error?.attempts ?? batch.attempt?.[i] ?? 1
    // One that never began, or that counts for nothing, is no attempt.
    if (state === 'requeued' || (error !== undefined && attempt === 0)) return
    const row = this.#row(batch, i, { attempt, state, key: error?.task.key ?? batch.key(i) })
    if (error === undefined) return this.#succeeded(row)
    const { step } = error
    this.#append({ ...row, ...(step !== undefined && { step }), error: shownError(error) })
  }

  /** Called when the result of an input has been delivered. `out`: the end of its line in the output, in bytes. */
  confirm(index: number, out: number | undefined): void {
    const row = this.#unconfirmed.get(index)
    this.#unconfirmed.delete(index)
    if (row !== undefined) this.#append({ ...row, ...(out !== undefined && { out }) })
  }

  /** Called when the result of an input cannot be delivered: it failed. Returns the input as the journal shows it. */
  refuse(index: number, { name, message }: Error): unknown {
    const row = this.#unconfirmed.get(index)
    this.#unconfirmed.delete(index)
    if (row === undefined) return undefined
    this.#append({ ...row, state: 'failed', error: { name, message } })
    return row.input
  }

  close(): void {
    this.#rows?.close()
    this.#lock?.release()
  }

  #succeeded(row: JournalRow): void {
    if (this.#confirms) this.#unconfirmed.set(row.task, row)
    else this.#append(row)
  }

  #takeLock(): FileLock | number {
    try {
      mkdirSync(dirname(this.file), { recursive: true })
      return FileLock.take(this.file)
    } catch (cause) {
      throw new JournalError(this.file, `cannot write the journal ${this.file}: ${(cause as Error).message}`, { cause })
    }
  }

  #append(row: JournalRow): void {
    this.#rows?.append(JSON.stringify(row))
  }

  #row(
    batch: AttemptBatch,
    i: number,
    about: { readonly attempt: number; readonly state: JournalRow['state']; readonly key: string },
  ): JournalRow {
    const start = batch.start[i] as number
    const ms = batch.ms[i] as number
    // A result from a cache took no time of a worker.
    const isTimed = about.state !== 'cached' && !Number.isNaN(ms)
    const { worker } = batch
    if (isTimed) this.#workMs += ms
    return {
      v: 1,
      run: this.run,
      task: batch.index(i),
      key: about.key,
      input: shownInput(batch.input(i)),
      attempt: about.attempt,
      state: about.state,
      start: isTimed ? Math.round(start) : null,
      ms: isTimed ? Math.round(ms * 1_000) / 1_000 : null,
      worker: worker?.id ?? null,
      pid: worker?.pid ?? null,
      host: worker?.host ?? HOST,
      code: this.#code,
    }
  }
}

const HOST = hostname()
const SECRET = new Uint8Array(16)

function warnOf(message: string): void {
  process.emitWarning(message, { type: 'ManyhandsWarning', code: 'MH_JOURNAL' })
}
