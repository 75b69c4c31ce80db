import type { StoredValue } from '../value-codec.ts'
import type { ClaimState } from './claims.ts'

/** The result of a computation: as bytes, or as it is if it cannot be stored. */
export interface SettledCall {
  readonly stored: StoredValue | undefined
  readonly value: unknown
}

/** A computation under way in this thread, for others to wait for. */
export class InFlightCall {
  readonly state: ClaimState
  readonly #waiting: ((settled: SettledCall | undefined) => void)[] = []
  readonly #onEnd: () => void

  constructor(state: ClaimState, onEnd: () => void) {
    this.state = state
    this.#onEnd = onEnd
  }

  /** True if a caller waits for the result. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0
  }

  /** Calls back with the result, or with undefined if the computation failed: then the caller should compute it. */
  onSettled(callback: (settled: SettledCall | undefined) => void): void {
    this.#waiting.push(callback)
  }

  /** Resolves to the result, or to undefined if the computation failed. */
  settled(): Promise<SettledCall | undefined> {
    return new Promise((resolve) => this.onSettled(resolve))
  }

  settle(settled: SettledCall | undefined): void {
    this.#onEnd()
    for (const tell of this.#waiting.splice(0)) tell(settled)
  }
}

/** The calls that are being computed in this thread, by key. */
export class InFlightCalls {
  readonly #calls = new Map<string, InFlightCall>()

  get(key: string): InFlightCall | undefined {
    return this.#calls.get(key)
  }

  /** Adds a call. If there is one with this key already, that one stays the one to wait for. */
  begin(key: string, state: ClaimState): InFlightCall {
    const call: InFlightCall = new InFlightCall(state, () => {
      if (this.#calls.get(key) === call) this.#calls.delete(key)
    })
    if (!this.#calls.has(key)) this.#calls.set(key, call)
    return call
  }
}
