import { hostname } from 'node:os'

import { describeDeath, type TaskError } from '../../errors/task-errors.ts'
import type { JournalEntry, JournalRow } from '../../journal/lines/read-journal.ts'
import { runFacts } from '../../journal/writing/run-facts.ts'
import { shownError, shownInput } from '../../journal/writing/shown.ts'
import type { InnerAttemptBatch } from '../../observe/attempt-columns.ts'
import {
  ATTEMPT_STATES,
  type RunEnded,
  type RunRef,
  type RunSample,
  type RunStarted,
  type WorkerExited,
  type WorkerRef,
} from '../../observe/observer.ts'
import type { SuccessRun } from '../../observe/success-run.ts'
import { epochNow } from '../../util/time.ts'

const HOST = hostname()
/** Commands know only runs that the command has made, by their names. */
const NAMELESS = ''
const NO_KEYS = new Uint8Array(0)
/** A success of at least so many milliseconds is told with its input. */
const TOLD_ALONE_MS = 1

/** Tells what happens in one run in the form of a job log's entries, so that what reads job logs can follow a run. */
export class RunEntries {
  readonly #run: RunRef
  readonly #take: (entry: JournalEntry) => void
  /** The workers that were told of. */
  readonly #workers = new Set<number>()
  /** Numbers of functions by their ids: those of a workflow count their tasks apart. */
  readonly #functions = new Map<number | undefined, number>()
  #count = 1
  #hasHead = false

  constructor(run: RunRef, take: (entry: JournalEntry) => void) {
    this.#run = run
    this.#take = take
  }

  /** True if the run was told to have started: single calls and queues never are. */
  get hasHead(): boolean {
    return this.#hasHead
  }

  started(run: RunStarted): void {
    this.#hasHead = true
    this.#count = Math.max(1, run.functions.length)
    for (const { id } of run.functions) this.#numberOf(id)
    const { started, ...facts } = runFacts(run, {})
    this.#head(Number(started), facts)
  }

  attempts(batch: InnerAttemptBatch): void {
    this.#begin(batch.start[0])
    this.#worker(batch.worker)
    for (let i = 0; i < batch.length; i++) {
      const row = this.#rowOf(batch, i)
      if (row !== undefined) this.#take({ kind: 'row', row })
    }
  }

  successes({ items, offset, count, attempt, worker, start, ms }: SuccessRun): void {
    this.#begin(start)
    this.#worker(worker)
    const { id, name } = items.fn(offset)
    const task = this.#taskOf(id, items.index(offset))
    const known = { start: numberOrNull(start), ms: numberOrNull(ms) }
    const about = { ...this.#about(worker), task, ...known, worker: worker.id }
    if (count === 1 && (attempt !== 1 || ms >= TOLD_ALONE_MS)) {
      const row = new Row({ ...about, attempt, state: 'ok', ...this.#stepsOf(id, name, ms, undefined) }, () =>
        items.input(offset),
      )
      return this.#take({ kind: 'row', row })
    }
    if (this.#count === 1) return this.#take({ kind: 'batch', batch: { ...about, count, keys: NO_KEYS, of: 'value' } })
    // Neighbours among the inputs of one function of several are none among the tasks of all.
    const each = ms / count
    for (let i = 0; i < count; i++) {
      const facts = { ...about, task: task + i * this.#count, attempt, state: 'ok' as const }
      const times = { start: numberOrNull(start + i * each), ms: numberOrNull(each) }
      const row = { ...facts, ...times, ...this.#stepsOf(id, name, each, undefined) }
      this.#take({ kind: 'row', row: new Row(row, () => items.input(offset + i)) })
    }
  }

  exited({ at, worker: { id, slot, pid, host }, death }: WorkerExited): void {
    if (!this.#workers.has(id)) return
    const reason = death === undefined ? {} : { reason: describeDeath(death) }
    const where = { worker: id, slot, pid: pid ?? null, host: host ?? HOST }
    this.#take({ kind: 'worker', line: { v: 2, type: 'worker', event: 'exit', ...where, at, ...reason } })
  }

  sample({ at, running, waiting, read, workers, rss }: RunSample): void {
    const memory = workers.map(({ slot, memory: bytes }) => [slot, bytes ?? null])
    this.#take({ kind: 'sample', line: { v: 2, type: 'sample', at, running, waiting, read, rss, memory } })
  }

  ended({ at, endedBy, cache }: Pick<RunEnded, 'at' | 'endedBy' | 'cache'>): void {
    this.#take({ kind: 'end', line: { v: 2, type: 'end', at, endedBy, cache } })
  }

  #begin(start: number | undefined): void {
    if (this.#hasHead) return
    this.#hasHead = true
    const known = start !== undefined && !Number.isNaN(start)
    this.#head(known ? start : epochNow(), { name: this.#run.name })
  }

  #head(started: number, facts: Readonly<Record<string, unknown>>): void {
    const line = { v: 2, type: 'run', run: NAMELESS, code: '', host: HOST, ...facts, started } as const
    this.#take({ kind: 'run', line })
  }

  /** Tells of a worker before the first entry that names it. */
  #worker(worker: WorkerRef | undefined): void {
    if (worker === undefined || this.#workers.has(worker.id)) return
    this.#workers.add(worker.id)
    const { id, slot, pid, host } = worker
    const where = { worker: id, slot, pid: pid ?? null, host: host ?? HOST }
    this.#take({ kind: 'worker', line: { v: 2, type: 'worker', event: 'start', ...where, at: epochNow() } })
  }

  #rowOf(batch: InnerAttemptBatch, i: number): JournalRow | undefined {
    const state = ATTEMPT_STATES[batch.state?.[i] ?? 0] ?? 'ok'
    const error = batch.error(i)
    const attempt = error?.attempts ?? batch.attempt?.[i] ?? 1
    if (state === 'requeued' || (error !== undefined && attempt === 0)) return undefined
    const steps = batch.stepMs(i)?.map((ms) => (ms < 0 ? null : ms))
    const isTimed = state !== 'cached'
    return new Row(
      {
        ...this.#about(batch.worker),
        task: this.#taskOf(batch.fn(i), batch.index(i)),
        attempt,
        state,
        start: isTimed ? numberOrNull(batch.start[i] as number) : null,
        ms: isTimed ? numberOrNull(batch.ms[i] as number) : null,
        worker: batch.worker?.id ?? null,
        ...(steps && { steps }),
        ...(batch.final?.[i] === 0 && { again: true as const }),
        ...(error && { error: shownError(error), ...(error.step !== undefined && { step: error.step }) }),
        ...this.#stepsOf(batch.fn(i), batch.task(i), isTimed ? (batch.ms[i] as number) : NaN, error),
      },
      () => batch.input(i),
    )
  }

  /** Of a workflow the function that the attempt called counts as its step. */
  #stepsOf(
    id: number | undefined,
    name: string,
    ms: number,
    error: TaskError | undefined,
  ): Pick<JournalRow, 'steps' | 'step'> {
    if (this.#count === 1) return {}
    const own = this.#numberOf(id)
    const steps = Array.from({ length: this.#count }, (_, i) => (i === own ? numberOrNull(ms) : null))
    return { steps, ...(error !== undefined && { step: name }) }
  }

  #about(worker: WorkerRef | undefined): Pick<JournalRow, 'run' | 'code' | 'pid' | 'host'> {
    return { run: NAMELESS, code: '', pid: worker?.pid ?? null, host: worker?.host ?? HOST }
  }

  /** A number for each task of all functions. */
  #taskOf(id: number | undefined, index: number): number {
    return this.#count === 1 ? index : index * this.#count + this.#numberOf(id)
  }

  #numberOf(id: number | undefined): number {
    const known = this.#functions.get(id)
    if (known !== undefined) return known
    const number = this.#functions.size % Math.max(1, this.#count)
    this.#functions.set(id, number)
    return number
  }
}

/** An attempt, whose input is made into what a job log can hold only if it is asked for. */
class Row implements JournalRow {
  declare readonly run: string
  declare readonly code: string
  declare readonly pid: number | null
  declare readonly host: string
  declare readonly task: number
  declare readonly attempt: number
  declare readonly state: JournalRow['state']
  declare readonly start: number | null
  declare readonly ms: number | null
  declare readonly worker: number | null
  readonly key: string = ''
  readonly #input: () => unknown

  constructor(facts: Omit<JournalRow, 'key' | 'input'>, input: () => unknown) {
    Object.assign(this, facts)
    this.#input = input
  }

  get input(): unknown {
    const input = this.#input()
    return typeof input === 'string' ? input : (JSON.parse(shownInput(input).json) as unknown)
  }
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
