import { randomBytes } from 'node:crypto'
import { mkdirSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'

import { JournalError } from '../errors/run-errors.ts'
import { ATTEMPT_STATES, type AttemptBatch, type WorkerRef } from '../observe/observer.ts'
import type { InnerObserver } from '../observe/observers.ts'
import type { SuccessRun } from '../observe/success-run.ts'
import { ROW_KEY_BYTES } from '../rows/keys/row-keys.ts'
import { contentKey } from '../task/canonical/canonical-hash.ts'
import { SLOW_MS } from '../wire/protocol/frames.ts'
import { FileLock } from './file-lock.ts'
import type { AttemptLine, BatchLine, JournalLine } from './journal-line.ts'
import { type KeyCounts, parseKey } from './key-counts.ts'
import { type RowBytes, rowsNotIn, takeRows } from './left-out-rows.ts'
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
  /** Lines of successes that are not confirmed, by the index of their input. */
  readonly #unconfirmed = new Map<number, AttemptLine>()
  readonly #only: KeyCounts | undefined
  readonly #anyCode: boolean
  #rows: RowFile | undefined
  #lock: FileLock | undefined
  #past: Past | undefined
  #rowSecret: Uint8Array = randomBytes(ROW_KEY_BYTES)
  #code = ''
  #hasHead = false
  /** The workers that have a line. */
  readonly #workers = new Set<number>()
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
      this.#rowSecret = this.#past.rowSecret ?? this.#rowSecret
      this.#rows = new RowFile(this.file, onError)
    } catch (error) {
      this.#lock.release()
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

  attempts(batch: AttemptBatch): void {
    for (let i = 0; i < batch.length; i++) this.#attempt(batch, i)
  }

  /** Ignored if successes have to be confirmed. */
  successes(run: SuccessRun): void {
    if (!this.#confirms) this.#appendRun(run, undefined)
  }

  /** Called when the results of a run of inputs have been delivered. `out`: the end of the last in the output, in bytes. */
  confirmRun(run: SuccessRun, out: number | undefined): void {
    this.#appendRun(run, out)
  }

  #attempt(batch: AttemptBatch, i: number): void {
    const state = ATTEMPT_STATES[batch.state?.[i] ?? 0] ?? 'ok'
    const error = batch.error(i)
    const attempt = error?.attempts ?? batch.attempt?.[i] ?? 1
    // One that never began, or that counts for nothing, is no attempt.
    if (state === 'requeued' || (error !== undefined && attempt === 0)) return
    const row = this.#row(batch, i, { attempt, state, key: batch.key(i) })
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

  #succeeded(row: AttemptLine): void {
    if (this.#confirms) this.#unconfirmed.set(row.task, row)
    else this.#append(row)
  }

  #appendRun(run: SuccessRun, out: number | undefined): void {
    const { items, offset, count, attempt, worker, start, ms, keys, of } = run
    const isTimed = !Number.isNaN(ms)
    if (isTimed) this.#workMs += ms
    this.#announce(worker)
    if (count === 1 && (attempt !== 1 || ms >= SLOW_MS)) return this.#appendOne(run, out)
    const bytes = keys ?? valueKeys(count, (i) => items.input(offset + i))
    const line: BatchLine = {
      v: 2,
      task: items.index(offset),
      count,
      state: 'ok',
      keys: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
      of: keys === undefined ? 'value' : of,
      start: isTimed ? Math.round(start) : null,
      ms: isTimed ? thousandths(ms) : null,
      worker: worker.id,
      ...(out !== undefined && { out }),
    }
    this.#append(line)
  }

  /** A success that was slow, or not at its first attempt, has a line of its own. */
  #appendOne({ items, offset, attempt, worker, start, ms }: SuccessRun, out: number | undefined): void {
    const input: unknown = items.input(offset)
    const isTimed = !Number.isNaN(ms)
    this.#append({
      v: 2,
      task: items.index(offset),
      key: items.key?.(offset) ?? contentKey(input),
      input: shownInput(input),
      attempt,
      state: 'ok',
      start: isTimed ? Math.round(start) : null,
      ms: isTimed ? thousandths(ms) : null,
      worker: worker.id,
      ...(out !== undefined && { out }),
    })
  }

  #takeLock(): FileLock | number {
    try {
      mkdirSync(dirname(this.file), { recursive: true })
      return FileLock.take(this.file)
    } catch (cause) {
      throw new JournalError(this.file, `cannot write the journal ${this.file}: ${(cause as Error).message}`, { cause })
    }
  }

  #append(line: JournalLine): void {
    if (!this.#hasHead) this.#writeHead()
    this.#rows?.append(JSON.stringify(line))
  }

  #writeHead(): void {
    this.#hasHead = true
    const rowKey = Buffer.from(this.#rowSecret).toString('base64')
    this.#append({ v: 2, type: 'run', run: this.run, started: Date.now(), code: this.#code, rowKey, host: HOST })
  }

  /** Tells of a worker before the first line that names it. */
  #announce({ id, slot, pid, host }: WorkerRef): void {
    if (this.#workers.has(id)) return
    this.#workers.add(id)
    const at = Date.now()
    this.#append({ v: 2, type: 'worker', event: 'start', worker: id, slot, pid: pid ?? null, host: host ?? HOST, at })
  }

  #row(
    batch: AttemptBatch,
    i: number,
    about: { readonly attempt: number; readonly state: AttemptLine['state']; readonly key: string },
  ): AttemptLine {
    const start = batch.start[i] as number
    const ms = batch.ms[i] as number
    // A result from a cache took no time of a worker.
    const isTimed = about.state !== 'cached' && !Number.isNaN(ms)
    const { worker } = batch
    if (isTimed) this.#workMs += ms
    if (worker !== undefined) this.#announce(worker)
    return {
      v: 2,
      task: batch.index(i),
      key: about.key,
      input: shownInput(batch.input(i)),
      attempt: about.attempt,
      state: about.state,
      start: isTimed ? Math.round(start) : null,
      ms: isTimed ? thousandths(ms) : null,
      worker: worker?.id ?? null,
    }
  }
}

const HOST = hostname()

/** Makes the keys of values. One that cannot be hashed gets a key that no other input has. */
function valueKeys(count: number, inputOf: (i: number) => unknown): Uint8Array {
  const keys = new Uint8Array(count * ROW_KEY_BYTES)
  for (let i = 0; i < count; i++)
    keys.set(parseKey(contentKey(inputOf(i)))?.bytes ?? randomBytes(ROW_KEY_BYTES), i * ROW_KEY_BYTES)
  return keys
}

function thousandths(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}

function warnOf(message: string): void {
  process.emitWarning(message, { type: 'ManyhandsWarning', code: 'MH_JOURNAL' })
}
