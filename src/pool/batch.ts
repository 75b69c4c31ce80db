import type { Entry } from './entry.ts'
import type { Job } from './job.ts'

/** Entries that a worker was given in one message. */
export class Batch {
  readonly id: number
  readonly slot: number
  readonly job: Job
  readonly entries: readonly Entry[]
  /** Runs with nothing else in its worker, to find out which task kills it. */
  readonly alone: boolean
  /** Entries that have neither an outcome nor been taken back. */
  pending: number
  /** Entries from this offset on were taken back. */
  limit: number
  /** A request to take entries back is on its way. */
  revoking = false

  constructor(id: number, slot: number, job: Job, entries: readonly Entry[], alone: boolean) {
    this.id = id
    this.slot = slot
    this.job = job
    this.entries = entries
    this.alone = alone
    this.pending = entries.length
    this.limit = entries.length
    for (const entry of entries) entry.batch = this
  }

  /** The entry at an offset, if this batch still has it. */
  entry(offset: number): Entry | undefined {
    const entry = this.entries[offset]
    return entry?.batch === this ? entry : undefined
  }

  /** Lets go of an entry: it has an outcome, or goes elsewhere. */
  release(entry: Entry): void {
    entry.batch = undefined
    this.pending--
  }

  /** Lets go of all that it still has, from an offset on. */
  releaseFrom(offset: number): Entry[] {
    const released: Entry[] = []
    for (let i = offset; i < this.entries.length; i++) {
      const entry = this.entry(i)
      if (entry === undefined) continue
      this.release(entry)
      released.push(entry)
    }
    return released
  }
}
