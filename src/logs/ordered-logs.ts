import type { WorkerIdentity } from '../errors/task-error.ts'
import type { Entry } from '../pool/entry.ts'
import type { LogSink } from '../pool/log-sink.ts'
import type { LogFrame } from '../wire/frames.ts'
import type { LogRecord, TakeLog } from './log-record.ts'
import { recordOf } from './record-of.ts'

/**
 * Gives each task's lines together, in the order of the inputs.
 *
 * The lines of the first task that has no outcome yet are given as they come, those of later ones when it is their
 * turn. Whatever a failed task or a dead worker printed before is kept.
 */
export class OrderedLogs implements LogSink {
  readonly #give: TakeLog
  /** What tasks printed whose turn has not come, by place. */
  readonly #held = new Map<number, LogRecord[]>()
  /** Places after the head that have their outcome. */
  readonly #completed = new Set<number>()
  #head = 0

  constructor(give: TakeLog) {
    this.#give = give
  }

  take(frame: LogFrame, entry: Entry | undefined, worker: WorkerIdentity): void {
    const record = recordOf(frame, entry, worker)
    if (entry === undefined || entry.place <= this.#head) return this.#give(record)
    const held = this.#held.get(entry.place)
    if (held === undefined) this.#held.set(entry.place, [record])
    else held.push(record)
  }

  /** An entry has its outcome: what it prints later is late. */
  completed(place: number): void {
    this.#completed.add(place)
    while (this.#completed.delete(this.#head)) {
      this.#head++
      this.#release(this.#head)
    }
  }

  /** The run is over: nothing is held back any longer. */
  flush(): void {
    for (const place of [...this.#held.keys()].toSorted((a, b) => a - b)) this.#release(place)
    this.#head = Infinity
  }

  #release(place: number): void {
    for (const record of this.#held.get(place) ?? []) this.#give(record)
    this.#held.delete(place)
  }
}
