import type { StoredValue } from '../value-codec.ts'
import type { ClaimState } from './claims.ts'

/** What a computation gave: as bytes, or where it has none as it is. */
export interface SettledCall {
  readonly stored: StoredValue | undefined
  readonly value: unknown
}

/** A computation under way in this thread, for others to wait for. */
export class InFlightCall {
  readonly state: ClaimState
  readonly #waiting: ((landed: SettledCall | undefined) => void)[] = []
  readonly #onEnd: () => void

  constructor(state: ClaimState, onEnd: () => void) {
    this.state = state
    this.#onEnd = onEnd
  }

  /** Somebody waits for it. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0
  }

  /** Is told what it gave; undefined where it failed: then whoever waits computes for himself. */
  onSettled(callback: (landed: SettledCall | undefined) => void): void {
    this.#waiting.push(callback)
  }

  /** The same as a promise. */
  settled(): Promise<SettledCall | undefined> {
    return new Promise((resolve) => this.onSettled(resolve))
  }

  settle(landed: SettledCall | undefined): void {
    this.#onEnd()
    for (const tell of this.#waiting.splice(0)) tell(landed)
  }
}

/** What is being computed in this thread, by key. */
export class InFlightCalls {
  readonly #flights = new Map<string, InFlightCall>()

  get(key: string): InFlightCall | undefined {
    return this.#flights.get(key)
  }

  /** Something is computed from now on. Where it is already, nobody waits for the second. */
  begin(key: string, state: ClaimState): InFlightCall {
    const flight: InFlightCall = new InFlightCall(state, () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    })
    if (!this.#flights.has(key)) this.#flights.set(key, flight)
    return flight
  }
}
