import type { HaltRule } from '../../options/halt-rule.ts'
import type { Item } from '../../pool/jobs/item.ts'
import type { Addressed, Ending, Sink } from '../../pool/jobs/ports.ts'

/** Of fewer outcomes nobody knows which share of them fails. */
const FEWEST = 3

/** Counts outcomes on their way, and ends the run by its rule. */
export class HaltingSink implements Sink {
  readonly #rule: HaltRule
  readonly #next: Sink
  readonly #total: () => number | undefined
  readonly #halt: (why: string) => void
  #succeeded = 0
  #failed = 0
  #halted = false

  /** `total`: how many inputs there are, where that is known. */
  constructor(rule: HaltRule, next: Sink, total: () => number | undefined, halt: (why: string) => void) {
    this.#rule = rule
    this.#next = next
    this.#total = total
    this.#halt = halt
  }

  fulfil(chunk: Addressed, at: number, value: unknown, bytes: number): void {
    this.#succeeded++
    this.#next.fulfil(chunk, at, value, bytes)
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
    const { counts, limit } = this.#rule
    const done = this.#succeeded + this.#failed
    const count = counts === 'fail' ? this.#failed : counts === 'success' ? this.#succeeded : done
    if ('number' in limit) return count >= limit.number
    const total = this.#total()
    if (total !== undefined) return total > 0 && count >= limit.share * total
    // Of inputs without a known end: of those that have an outcome. All of these are done, whatever the share.
    return counts !== 'done' && done >= FEWEST && count >= limit.share * done
  }
}
