import type { Packed } from '../worker/messages.ts'

/** Takes the place of inputs that were added by an earlier run, whose accumulator was kept. */
export class KeptAccumulator {
  readonly packed: Packed
  /** The number of these inputs. */
  readonly count: number

  constructor(packed: Packed, count: number) {
    this.packed = packed
    this.count = count
  }
}
