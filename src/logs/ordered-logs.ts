import type { WorkerIdentity } from '../errors/task-errors.ts'
import type { Item } from '../pool/jobs/item.ts'
import { recordOf } from '../pool/jobs/job-observers.ts'
import type { LogFrame } from '../wire/protocol/frames.ts'
import { HeldOutput } from './held-output.ts'
import type { TakeLog } from './log-record.ts'
import { Spill, warnOfNoRoom } from './spill.ts'

/** Characters to hold in memory before all of them go to a temporary file. */
const MAX_HELD = 8 * 1024 * 1024

/**
 * Gives each task's lines together, in the order of the inputs.
 *
 * The lines of the first task that has no outcome yet are given as they come, those of later ones when it is their turn.
 * Until then they are in memory, and above `MAX_HELD` on disk. The output of failed tasks and dead workers is kept.
 */
export class OrderedLogs {
  readonly #give: TakeLog
  readonly #spill: Spill
  /** Output that is held back, by the sequence of its task. */
  readonly #held = new Map<number, HeldOutput>()
  /** About how much memory that takes. */
  #size = 0
  /** True once the disk was full. */
  #isFull = false
  /** Places after the head that have their outcome: runs of them, the first place and how many. */
  readonly #completed = new Map<number, number>()
  #head = 0

  constructor(give: TakeLog, spill: Spill = new Spill()) {
    this.#give = give
    this.#spill = spill
  }

  take(frame: LogFrame, entry: Item | undefined, worker: WorkerIdentity): void {
    if (entry === undefined || entry.sequence <= this.#head) return this.#give(recordOf(frame, entry, worker))
    let held = this.#held.get(entry.sequence)
    if (held === undefined) this.#held.set(entry.sequence, (held = new HeldOutput(entry)))
    if (held.hasGap || (this.#isFull && this.#size > MAX_HELD)) return held.drop(frame, worker)
    this.#size += held.add(frame, worker)
    if (this.#size > MAX_HELD && !this.#isFull) this.#moveToDisk()
  }

  /** Called when tasks at consecutive places have their outcomes: output after that is given as it comes. */
  completed(place: number, count = 1): void {
    this.#completed.set(place, count)
    for (let next = this.#completed.get(this.#head); next !== undefined; next = this.#completed.get(this.#head)) {
      this.#completed.delete(this.#head)
      for (let i = 0; i < next && this.#held.size > 0; i++) this.#release(this.#head + i + 1)
      this.#head += next
    }
  }

  /** The run is over: nothing is held back any longer. */
  flush(): void {
    for (const place of [...this.#held.keys()].toSorted((a, b) => a - b)) this.#release(place)
    this.#head = Infinity
    this.#spill.close()
  }

  #moveToDisk(): void {
    try {
      for (const held of this.#held.values()) held.moveTo(this.#spill)
      this.#size = 0
    } catch (error) {
      this.#isFull = true
      this.#size = [...this.#held.values()].reduce((sum, held) => sum + held.size, 0)
      warnOfNoRoom(error)
    }
  }

  #release(place: number): void {
    const held = this.#held.get(place)
    if (held === undefined) return
    this.#held.delete(place)
    this.#size -= held.size
    held.give(this.#give, this.#spill)
  }
}
