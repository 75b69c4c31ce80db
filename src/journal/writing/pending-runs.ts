import type { SuccessRun } from '../../observe/success-run.ts'
import { ROW_KEY_BYTES } from '../../rows/keys/row-keys.ts'

/** A run of successes, some of which are not confirmed. */
interface PendingRun {
  readonly run: SuccessRun
  readonly first: number
  left: number
}

/** Runs of successes that wait for being confirmed, as a whole or one by one. There are few: those in the window. */
export class PendingRuns {
  /** By the position of their first input. */
  readonly #runs = new Map<number, PendingRun>()
  /** The one that was asked for last: inputs are mostly confirmed in order. */
  #last: PendingRun | undefined

  add(run: SuccessRun): void {
    const first = run.items.index(run.offset)
    this.#runs.set(first, { run, first, left: run.count })
  }

  /** Takes out one input, as a run of its own; undefined if it does not wait. */
  take(index: number): SuccessRun | undefined {
    const pending = this.#takeFrom(index, 1)
    return pending && single(pending.run, index - pending.first)
  }

  /** Takes out inputs that are confirmed together. */
  takeAll({ items, offset, count }: SuccessRun): void {
    this.#takeFrom(items.index(offset), count)
  }

  #takeFrom(index: number, count: number): PendingRun | undefined {
    const pending = this.#find(index)
    if (pending === undefined) return undefined
    this.#last = pending
    pending.left -= count
    if (pending.left <= 0) this.#runs.delete(pending.first)
    return pending
  }

  #find(index: number): PendingRun | undefined {
    const isIn = ({ first, run }: PendingRun): boolean => index >= first && index < first + run.count
    if (this.#last !== undefined && this.#last.left > 0 && isIn(this.#last)) return this.#last
    const exact = this.#runs.get(index)
    if (exact !== undefined) return exact
    for (const pending of this.#runs.values()) if (isIn(pending)) return pending
    return undefined
  }
}

/** Makes a run of one input of a run. It took as long as all did on average. */
function single(run: SuccessRun, i: number): SuccessRun {
  const ms = run.ms / run.count
  const keys = run.keys?.subarray(i * ROW_KEY_BYTES, (i + 1) * ROW_KEY_BYTES)
  return { ...run, offset: run.offset + i, count: 1, start: run.start + i * ms, ms, keys }
}
