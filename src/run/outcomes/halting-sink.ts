import type { HaltRule } from '../../options/halt-rule.ts'
import type { Item } from '../../pool/jobs/item.ts'
import type { Addressed, Ending, Sink } from '../../pool/jobs/ports.ts'
import type { TextRun } from '../../pool/jobs/text-run.ts'

/** A share of fewer outcomes than this says nothing, so a rule with a percentage waits for them. */
const FEWEST = 3

/** Counts outcomes, hands them on, and ends the run when its halt rule is reached. */
export class HaltingSink implements Sink {
  readonly #rule: HaltRule
  readonly #next: Sink
  readonly #total: () => number | undefined
  readonly #halt: (why: string) => void
  #succeeded = 0
  #failed = 0
  #halted = false

  /** `total` returns the number of inputs, if it is known. */
  constructor(rule: HaltRule, next: Sink, total: () => number | undefined, halt: (why: string) => void) {
    this.#rule = rule
    this.#next = next
    this.#total = total
    this.#halt = halt
  }

  fulfil(chunk: Addressed, offset: number, value: unknown, bytes: number): void {
    this.#succeeded++
    this.#next.fulfil(chunk, offset, value, bytes)
  }

  fulfilRun(chunk: Addressed, offset: number, run: TextRun): void {
    this.#succeeded += run.count
    this.#next.fulfilRun?.(chunk, offset, run)
  }

  reject(item: Item, error: unknown): void {
    this.#failed++
    this.#next.reject(item, error)
  }

  flush(): void {
    this.#next.flush()
    if (this.#halted || !this.#isReached()) return
    this.#halted = true
    this.#halt(`the run was halted by its rule ${this.#rule.text}`)
  }

  end(ending: Ending | undefined): void {
    this.#next.end(ending)
  }

  #isReached(): boolean {
    return isReached(this.#rule, { succeeded: this.#succeeded, failed: this.#failed, total: this.#total })
  }
}

/** The outcomes of a run so far. */
export interface OutcomeCounts {
  readonly succeeded: number
  readonly failed: number
  /** Returns the number of inputs, if it is known. */
  readonly total: () => number | undefined
}

/** Tells if a run with these outcomes is to be ended by a rule. */
export function isReached({ counts, limit }: HaltRule, { succeeded, failed, total }: OutcomeCounts): boolean {
  const done = succeeded + failed
  const count = counts === 'fail' ? failed : counts === 'success' ? succeeded : done
  if ('number' in limit) return count >= limit.number
  const all = total()
  if (all !== undefined) return all > 0 && count >= limit.share * all
  // Without a known total the share is that of the outcomes so far. All of those are done: such a rule cannot apply.
  return counts !== 'done' && done >= FEWEST && count >= limit.share * done
}
