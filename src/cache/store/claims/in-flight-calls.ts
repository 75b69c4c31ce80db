import type { StoredValue } from '../value-codec.ts'
import type { ClaimState } from './claims.ts'

/** What a computation gave: as bytes, or where it has none as it is. */
export interface Landed {
  readonly stored: StoredValue | undefined
  readonly value: unknown
}

/** A computation under way in this thread, for others to wait for. */
export class Flight {
  readonly state: ClaimState
  readonly #waiting: ((landed: Landed | undefined) => void)[] = []
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
  onLanding(callback: (landed: Landed | undefined) => void): void {
    this.#waiting.push(callback)
  }

  /** The same as a promise. */
  landing(): Promise<Landed | undefined> {
    return new Promise((resolve) => this.onLanding(resolve))
  }

  land(landed: Landed | undefined): void {
    this.#onEnd()
    for (const tell of this.#waiting.splice(0)) tell(landed)
  }
}

/** What is being computed in this thread, by key. */
export class Flights {
  readonly #flights = new Map<string, Flight>()

  get(key: string): Flight | undefined {
    return this.#flights.get(key)
  }

  /** Something is computed from now on. Where it is already, nobody waits for the second. */
  begin(key: string, state: ClaimState): Flight {
    const flight: Flight = new Flight(state, () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    })
    if (!this.#flights.has(key)) this.#flights.set(key, flight)
    return flight
  }
}
