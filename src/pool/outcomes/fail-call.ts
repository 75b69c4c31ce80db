import type { TaskError } from '../../errors/task-errors.ts'
import { ItemChunk } from '../jobs/item-chunk.ts'
import type { Item } from '../jobs/item.ts'
import type { Timing } from '../jobs/job-observers.ts'
import type { Batch } from '../workers/batch.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'

/** A call that threw, or took too long. */
export interface FailedCall {
  readonly worker: WorkerHandle
  readonly batch: Batch
  /** The items of it that have no outcome. */
  readonly items: readonly Item[]
  /** The number of inputs that it had. */
  readonly inputs: number
  readonly timing: Timing | undefined
  /** Makes the error of an item, after its attempts were counted. */
  readonly errorOf: (item: Item) => TaskError
  /** Retries beside those of the policy. */
  readonly more?: number
}

/**
 * Decides what happens to the items of a call that threw, or took too long. If there are several, it is searched which of
 * them are at fault, unless their function was batched with `split: false`.
 */
export function failCall(call: FailedCall): void {
  const { items, inputs, timing, errorOf, more } = call
  const { job } = call.batch
  const [first] = items
  if (first === undefined) return
  if (inputs > 1 && first.fn.bundle?.split !== false && job.searches)
    return searchCall(call, (others) => job.callFailed(others, false))
  const { search } = first
  for (const item of items) {
    item.attempts++
    item.isApart ||= inputs === 1 && item.fn.bundle?.split === true
  }
  job.attemptsFailed(items, errorOf, timing, more)
  if (search !== undefined) job.pending.searchFailed(search)
}

/** A call that lost its worker. */
export interface LostCall extends Omit<FailedCall, 'more'> {
  /** Nothing else can have been the cause. */
  readonly isCertain: boolean
  /** Deaths of workers that an item survives; undefined if this death is not counted, and none is survived. */
  readonly lives: number | undefined
}

/**
 * Decides what happens to the items of a call that lost its worker. If it was certainly the cause and has several items, it
 * is searched which of them are at fault; a single one is charged. Under suspicion the call runs again, alone.
 */
export function loseCall(call: LostCall): void {
  const { batch, items, inputs, timing, errorOf, isCertain, lives } = call
  const { job } = batch
  const [first] = items
  if (first === undefined) return
  if (inputs > 1 && first.fn.bundle?.split !== false && job.searches)
    return searchCall(call, (others) => (isCertain ? job.callFailed(others, true) : job.suspect(others)))
  const { search } = first
  for (const item of items) {
    item.attempts++
    if (lives !== undefined) item.deaths++
    if (isCertain) item.search = undefined
    item.isApart ||= isCertain && inputs === 1 && item.fn.bundle !== undefined
  }
  const isGuilty = (item: Item): boolean => (isCertain && item.deaths > (lives ?? -1)) || isMoved(item)
  for (const item of items) if (isGuilty(item)) job.reject(item, errorOf(item), timing)
  const again = items.filter((item) => !isGuilty(item))
  // After its last allowed death, or under suspicion, it runs alone, where it can harm no other task.
  const isAmongOthers = isCertain && again.every((item) => item.deaths < (lives ?? 0))
  if (again.length > 0) job.crashed(again, errorOf, isAmongOthers, timing)
  if (isCertain && search !== undefined) job.pending.searchFailed(search)
}

function searchCall(
  { worker, batch, items, timing, errorOf }: Omit<FailedCall, 'inputs'>,
  again: (items: readonly Item[]) => void,
): void {
  // Values that were handed over cannot be sent again.
  const moved = items.filter(isMoved)
  for (const item of moved) item.attempts++
  batch.job.attemptsFailed(moved, errorOf, timing)
  const others = items.filter((item) => !isMoved(item))
  if (others.length === 0) return
  tellAgain(worker, batch, others, timing)
  again(others)
}

function isMoved({ transfer }: Item): boolean {
  return transfer !== undefined
}

/** Tells observers of attempts that do not count: their call has failed, and it is not known because of which of them. */
export function tellAgain(
  worker: WorkerHandle,
  { job }: Batch,
  items: readonly Item[],
  timing: Timing = { start: NaN, ms: NaN },
): void {
  const { observers } = job.options
  if (items.length === 0 || !observers.hearsAttempts) return
  const chunk = new ItemChunk(items)
  for (const [offset, item] of items.entries())
    observers.requeued(chunk, offset, worker.ref(), item.attempts + 1, timing)
}
