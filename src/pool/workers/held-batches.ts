import { SHOWN_SLOTS, SLOTS } from '../../wire/protocol/beacon.ts'
import type { Job } from '../jobs/job.ts'
import type { Batch } from './batch.ts'

/** Slots that can be read from outside and are left to batches with a worker to themselves: theirs are the slow items. */
const SPARED_SLOTS = 3

/** The batches that a worker has been given and has not finished, and their slots in its beacon. */
export class HeldBatches {
  readonly #all = new Map<number, Batch>()
  readonly #byJob = new Map<Job, Set<Batch>>()
  #exclusive = 0
  #hasAlone = false
  readonly #shownSlots: number[] = Array.from({ length: SHOWN_SLOTS }, (_, i) => SHOWN_SLOTS - 1 - i)
  readonly #otherSlots: number[] = []
  /** Slots from here on were never used. */
  #unusedSlot = SHOWN_SLOTS

  /** Oldest first. */
  get all(): ReadonlyMap<number, Batch> {
    return this.#all
  }

  /** Batches that run with nothing else in the worker, one after the other. */
  get exclusive(): number {
    return this.#exclusive
  }

  /** No other batch can be added: one is to be alone, or there is no slot. */
  get isClosed(): boolean {
    return this.#hasAlone || this.#all.size >= SLOTS
  }

  /** Items without outcome in all batches. */
  get pending(): number {
    return pendingIn(this.#all.values())
  }

  has(job: Job): boolean {
    return this.#byJob.has(job)
  }

  of(job: Job): Iterable<Batch> {
    return this.#byJob.get(job) ?? []
  }

  countOf(job: Job): number {
    return this.#byJob.get(job)?.size ?? 0
  }

  pendingOf(job: Job): number {
    return pendingIn(this.of(job))
  }

  add(batch: Batch): void {
    this.#all.set(batch.id, batch)
    const own = this.#byJob.get(batch.job)
    if (own === undefined) this.#byJob.set(batch.job, new Set([batch]))
    else own.add(batch)
    if (batch.isExclusive) this.#exclusive++
    if (batch.alone) this.#hasAlone = true
  }

  /** Removes a batch, and frees its slot. */
  remove(batch: Batch): void {
    this.#all.delete(batch.id)
    const own = this.#byJob.get(batch.job)
    if (own?.delete(batch) === true && own.size === 0) this.#byJob.delete(batch.job)
    if (batch.isExclusive) this.#exclusive--
    if (batch.alone) this.#hasAlone = false
    this.freeSlot(batch.slot)
  }

  takeSlot(isExclusive: boolean): number {
    if (isExclusive || this.#shownSlots.length > SPARED_SLOTS) {
      const slot = this.#shownSlots.pop()
      if (slot !== undefined) return slot
    }
    return this.#otherSlots.pop() ?? this.#unusedSlot++
  }

  /** Gives back the slot of a batch that was not added. */
  freeSlot(slot: number): void {
    if (slot < SHOWN_SLOTS) this.#shownSlots.push(slot)
    else this.#otherSlots.push(slot)
  }
}

function pendingIn(batches: Iterable<Batch>): number {
  let pending = 0
  for (const batch of batches) pending += batch.pending
  return pending
}
