import type { JournalEntry } from '../../journal/lines/read-journal.ts'
import type { RunRef } from '../../observe/observer.ts'
import { TraceFile } from '../trace/trace-file.ts'
import type { RunReader } from './each-run.ts'
import { type RunFile, warnOf } from './run-file.ts'

/** Writes what is told of one run as a trace, while it goes on. Warns and writes nothing more if that fails. */
export class LiveTrace implements RunReader {
  readonly #run: RunRef
  #trace: TraceFile | undefined

  constructor(run: RunRef, file: RunFile) {
    this.#run = run
    this.#trace = file.write(run, (path) => new TraceFile(path))
  }

  take(entry: JournalEntry): void {
    this.#write((trace) => trace.add(entry))
    // Once a second: what is in the file is what a viewer can show of a run that goes on.
    if (entry.kind === 'sample') this.#write((trace) => trace.flush())
  }

  end(): void {
    this.#write((trace) => trace.end())
    this.#trace = undefined
  }

  #write(write: (trace: TraceFile) => void): void {
    if (this.#trace === undefined) return
    try {
      write(this.#trace)
    } catch (error) {
      this.#trace = undefined
      warnOf(this.#run, error)
    }
  }
}
