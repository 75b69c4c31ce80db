import { SHOWN_SLOTS, SLOTS } from '../../wire/protocol/beacon.ts'
import type { Job } from '../jobs/job.ts'
import { BatchList } from './batch-list.ts'
import type { Batch } from './batch.ts'

/** Readable beacon slots reserved for batches that have a worker to themselves, since these hold the slow items. */
const SPARED_SLOTS = 3

/** Batches by their ids, oldest first. */
export type ReadonlyBatches = Pick<BatchList, 'size' | 'get' | 'has' | 'values'>

/** The unfinished batches of a worker, and their slots in its beacon. */
export class HeldBatches {
  readonly #ownThread: boolean
  readonly #all = new BatchList()
  readonly #byJob = new Map<Job, BatchList>()
  /** Batches that run with nothing else in the worker, one after the other. */
  #exclusive = 0
  #hasAlone = false
  readonly #shownSlots: number[] = Array.from({ length: SHOWN_SLOTS }, (_, i) => SHOWN_SLOTS - 1 - i)
  readonly #otherSlots: number[] = []
  /** Slots from here on were never used. */
  #unusedSlot = SHOWN_SLOTS

  /** `ownThread`: the worker has a thread of its own, in which a task can run alone. */
  constructor(ownThread: boolean) {
    this.#ownThread = ownThread
  }

  /** Oldest first. */
  get all(): ReadonlyBatches {
    return this.#all
  }

  /**
   * Returns true if another batch of a job can be added. Jobs whose tasks have the worker to themselves have at most
   * `depth` batches here together; each of the others has its own, and `depth` times as many items as may run at once.
   */
  hasRoomFor(job: Job, depth: number): boolean {
    if (this.#all.size === 0) return true
    if (this.#hasAlone || this.#all.size >= SLOTS) return false
    const { concurrency } = job.options
    if (this.runsAlone(job)) return this.#exclusive < depth
    if (concurrency === 1) return this.count(job) < depth
    let calls = 0
    for (const batch of this.of(job)) calls += batch.pendingCalls
    return calls < concurrency * depth
  }

  /** Returns true if the tasks of a job run with nothing else in the worker. */
  runsAlone(job: Job): boolean {
    return this.#ownThread && job.options.concurrency === 1
  }

  /** True while some are of a job that someone waits for. */
  get isAwaited(): boolean {
    for (const job of this.#byJob.keys()) if (job.isAwaited) return true
    return false
  }

  /** Names the first task without an outcome in the oldest batch: `resize[17]`. */
  currentTask(): string | undefined {
    for (const batch of this.#all.values()) {
      const offset = batch.first()
      if (offset < batch.chunk.length)
        return `${(batch.own ?? batch.chunk.fn(offset)).name}[${batch.chunk.index(offset)}]`
    }
    return undefined
  }

  /** Items without outcome in all batches. */
  get pending(): number {
    return pendingIn(this.#all.values())
  }

  /** Milliseconds that its items without outcome will take, as far as that is known. */
  get workMs(): number {
    let ms = 0
    for (const { pending, job } of this.#all.values()) ms += pending * job.sizer.msPerItem
    return ms
  }

  /** Returns the number of batches of a job. */
  count(job: Job): number {
    return this.#byJob.get(job)?.size ?? 0
  }

  has(job: Job): boolean {
    return this.#byJob.has(job)
  }

  of(job: Job): Iterable<Batch> {
    return this.#byJob.get(job) ?? []
  }

  add(batch: Batch): void {
    this.#all.add(batch)
    let own = this.#byJob.get(batch.job)
    if (own === undefined) this.#byJob.set(batch.job, (own = new BatchList()))
    own.add(batch)
    if (batch.isExclusive) this.#exclusive++
    if (batch.alone) this.#hasAlone = true
  }

  /** Removes a batch, and frees its slot. */
  remove(batch: Batch): void {
    this.#all.delete(batch.id)
    const own = this.#byJob.get(batch.job)
    if (own?.delete(batch.id) === true && own.size === 0) this.#byJob.delete(batch.job)
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
