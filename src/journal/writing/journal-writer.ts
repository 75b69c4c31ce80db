import { hostname } from 'node:os'

import { describeDeath } from '../../errors/task-errors.ts'
import type { RunSample, WorkerExited, WorkerRef } from '../../observe/observer.ts'
import {
  type AttemptLine,
  type EndLine,
  type RunLine,
  type SampleLine,
  thousandths,
  type WorkerLine,
} from '../lines/journal-line.ts'
import { OpenBatch, type QuickSuccesses } from './open-batch.ts'
import type { RowFile } from './row-file.ts'
import type { ShownInput } from './shown.ts'

/** Samples that are all written; of later ones only every tenth is: a long run must not fill its log with them. */
const ALL_SAMPLES = 600
const EACH_LATER = 10
/** Workers whose memory is told one by one, at most. */
const MANY_WORKERS = 64

const HOST = hostname()

/** Writes the lines of one run into a journal. */
export class JournalWriter {
  readonly #file: RowFile
  /** The facts of the run that are known when the journal is opened. */
  readonly #facts: Pick<RunLine, 'run' | 'code' | 'rowKey'>
  #hasHead = false
  /** The workers that have a line. */
  readonly #workers = new Set<number>()
  #batch: OpenBatch | undefined
  #samples = 0

  constructor(file: RowFile, facts: Pick<RunLine, 'run' | 'code' | 'rowKey'>) {
    this.#file = file
    this.#facts = facts
  }

  /** Writes the head of the run, if it has none, with what more is known of it. All other lines make sure of it. */
  head(more: Readonly<Record<string, unknown>> = {}): void {
    if (this.#hasHead) return
    this.#hasHead = true
    const head: RunLine = { v: 2, type: 'run', ...this.#facts, host: HOST, started: Date.now(), ...more }
    this.#append(JSON.stringify(head))
  }

  /** Tells of a worker before the first line that names it. */
  worker({ id, slot, pid, host }: WorkerRef, at: number = Date.now()): void {
    if (this.#workers.has(id)) return
    this.#workers.add(id)
    this.#line({
      v: 2,
      type: 'worker',
      event: 'start',
      worker: id,
      slot,
      pid: pid ?? null,
      host: host ?? HOST,
      at: rounded(at),
    })
  }

  workerExited({ at, worker: { id, slot, pid, host }, death }: WorkerExited): void {
    if (!this.#workers.has(id)) return
    const reason = death === undefined ? {} : { reason: describeDeath(death) }
    this.#line({
      v: 2,
      type: 'worker',
      event: 'exit',
      worker: id,
      slot,
      pid: pid ?? null,
      host: host ?? HOST,
      at: rounded(at),
      ...reason,
    })
  }

  attempt({ v, task, key, ...rest }: AttemptLine, input: ShownInput): void {
    const start = JSON.stringify({ v, task, key })
    const cut = input.isCut ? ',"cut":true' : ''
    this.head()
    this.#append(`${start.slice(0, -1)},"input":${input.json}${cut},${JSON.stringify(rest).slice(1)}`)
  }

  /** Adds to the line of the successes before these, if they fit there. */
  quick(successes: QuickSuccesses): void {
    if (this.#batch?.takes(successes) === true) return
    this.head()
    const batch = new OpenBatch(successes)
    this.#file.appendUnfinished(() => {
      this.#batch = undefined
      return batch.toString()
    })
    this.#batch = batch
  }

  sample({ at, running, waiting, read, workers, rss }: RunSample): void {
    const number = this.#samples++
    if (number >= ALL_SAMPLES && number % EACH_LATER > 0) return
    const memory = workers.length > MANY_WORKERS ? undefined : workers.map((one) => [one.slot, one.memory ?? null])
    this.#line({ v: 2, type: 'sample', at: rounded(at), running, waiting, read, rss, memory })
  }

  /** Writes the sums of the run, if anything was written of it. */
  end(sums: Readonly<Record<string, unknown>>): void {
    if (this.#hasHead) this.#line({ v: 2, type: 'end', at: Date.now(), ...sums })
  }

  close(): void {
    this.#file.close()
  }

  #line(line: WorkerLine | SampleLine | EndLine): void {
    this.head()
    this.#append(JSON.stringify(line))
  }

  #append(text: string): void {
    this.#file.append(text)
  }
}

/** Rounds a time to a thousandth of a millisecond. */
function rounded(at: number): number {
  return thousandths(at) ?? at
}
