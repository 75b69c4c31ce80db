import type { KeyKind } from '../keys/key-counts.ts'
import { thousandths } from '../lines/journal-line.ts'

/** Inputs in one line, at most. */
const MOST = 1_024

/** Successes of consecutive inputs at their first attempt in one worker. */
export interface QuickSuccesses {
  /** The position of the first input. */
  readonly task: number
  readonly count: number
  /** 16 bytes for each. */
  readonly keys: Uint8Array
  readonly of: KeyKind
  /** Milliseconds since 1970; NaN if it is not known, as `ms`. */
  readonly start: number
  /** Of all of them together. */
  readonly ms: number
  readonly worker: number | null
  /** The end of the last result in the output, in bytes. */
  readonly out: number | undefined
}

/** A line of several successes, as long as more fit into it. */
export class OpenBatch {
  readonly #first: QuickSuccesses
  readonly #keys: Uint8Array[] = []
  #count = 0
  #ms = 0
  #out: number | undefined

  constructor(first: QuickSuccesses) {
    this.#first = first
    this.#add(first)
  }

  /** Adds more successes. Returns false if they do not fit. */
  takes(next: QuickSuccesses): boolean {
    const { task, of, worker } = this.#first
    const fits =
      next.task === task + this.#count &&
      next.worker === worker &&
      next.of === of &&
      Number.isNaN(next.ms) === Number.isNaN(this.#ms) &&
      this.#count + next.count <= MOST
    if (fits) this.#add(next)
    return fits
  }

  toString(): string {
    const { task, of, start, worker } = this.#first
    const before = JSON.stringify({ v: 2, task, count: this.#count, state: 'ok' })
    const after = JSON.stringify({ of, start: thousandths(start), ms: thousandths(this.#ms), worker, out: this.#out })
    // They are most of the line, and JSON has nothing to add to base64 but its quotes.
    const keys = Buffer.concat(this.#keys).toString('base64')
    return `${before.slice(0, -1)},"keys":"${keys}",${after.slice(1)}`
  }

  #add({ count, keys, ms, out }: QuickSuccesses): void {
    // The keys may lie in memory that is used again.
    this.#keys.push(keys.slice())
    this.#count += count
    this.#ms += ms
    this.#out = out
  }
}
