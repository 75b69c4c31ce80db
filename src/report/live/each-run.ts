import type { JournalEntry } from '../../journal/lines/read-journal.ts'
import type { InnerAttemptBatch } from '../../observe/attempt-columns.ts'
import type { RunEnded, RunRef, RunSample, RunStarted, WorkerExited } from '../../observe/observer.ts'
import type { InnerObserver } from '../../observe/observers.ts'
import type { SuccessRun } from '../../observe/success-run.ts'
import { epochNow } from '../../util/time.ts'
import { RunEntries } from './run-entries.ts'

/** Takes what is told of one run. */
export interface RunReader {
  take(entry: JournalEntry): void
  /** The run is over. */
  end?(): void
}

interface OpenRun {
  readonly reader: RunReader
  readonly entries: RunEntries
  /** It was told to have started, and will be told to have ended. */
  isWhole: boolean
}

/** Observes runs, and tells of each to a reader of its own. Runs that have no end of their own end with their job. */
export class EachRun implements InnerObserver {
  readonly #open: (run: RunRef) => RunReader
  readonly #runs = new Map<string, OpenRun>()

  constructor(open: (run: RunRef) => RunReader) {
    this.#open = open
  }

  runStarted(started: RunStarted): void {
    const run = this.#of(started.run)
    run.isWhole = true
    run.entries.started(started)
  }

  attempts(batch: InnerAttemptBatch): void {
    this.#of(batch.run).entries.attempts(batch)
  }

  successes(successes: SuccessRun, run: RunRef): void {
    this.#of(run).entries.successes(successes)
  }

  workerExited(event: WorkerExited): void {
    for (const { entries } of this.#runs.values()) entries.exited(event)
  }

  sample(sample: RunSample): void {
    this.#of(sample.run).entries.sample(sample)
  }

  runEnded(end: RunEnded): void {
    this.#end(end.run, end)
  }

  closed(run: RunRef): void {
    if (this.#runs.get(run.id)?.isWhole === false) this.#end(run, { at: epochNow(), endedBy: undefined })
  }

  #of(run: RunRef): OpenRun {
    const known = this.#runs.get(run.id)
    if (known !== undefined) return known
    const reader = this.#open(run)
    const opened = { reader, entries: new RunEntries(run, (entry) => reader.take(entry)), isWhole: false }
    this.#runs.set(run.id, opened)
    return opened
  }

  #end(run: RunRef, end: Pick<RunEnded, 'at' | 'endedBy' | 'cache'>): void {
    const { entries, reader } = this.#of(run)
    this.#runs.delete(run.id)
    entries.ended(end)
    reader.end?.()
  }
}
