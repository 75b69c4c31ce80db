import type { Lot } from '../pool/lot.ts'
import { PushSupply } from '../pool/push-supply.ts'
import type { Ending } from '../pool/sink.ts'
import type { Supply } from '../pool/supply.ts'

/** Inputs are read in groups of this size. */
const GROUP = 256

/**
 * Inputs with priorities of their own: all that the window has room for are read, and the highest are given out first.
 */
export class PrioritySupply implements Supply {
  readonly #inputs: Supply
  readonly #waiting = new PushSupply()

  constructor(inputs: Supply) {
    this.#inputs = inputs
  }

  get empty(): boolean {
    return this.#waiting.empty && this.#inputs.empty
  }

  get exhausted(): boolean {
    return this.#waiting.length === 0 && this.#inputs.exhausted
  }

  get error(): Ending | undefined {
    return this.#inputs.error
  }

  remaining(): number | undefined {
    const rest = this.#inputs.remaining()
    return rest === undefined ? undefined : rest + this.#waiting.length
  }

  priority(): number | undefined {
    return this.#waiting.empty ? undefined : this.#waiting.priority()
  }

  take(max: number): Lot | undefined {
    for (let lot = this.#inputs.take(GROUP); lot !== undefined; lot = this.#inputs.take(GROUP)) {
      for (let at = 0; at < lot.length; at++) this.#waiting.push(lot.entry(at))
    }
    return this.#waiting.take(max)
  }

  stop(): void {
    this.#inputs.stop()
    this.#waiting.stop()
  }
}
