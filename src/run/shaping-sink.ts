import type { Entry } from '../pool/entry.ts'
import type { Lot } from '../pool/lot.ts'
import type { Ending, Sink } from '../pool/sink.ts'

/** Makes of a result, and the input that it is of, what the consumer gets. */
export type Shape = (value: unknown, input: unknown, index: number) => unknown

/** Gives results another shape on their way. */
export class ShapingSink implements Sink {
  readonly #shape: Shape
  readonly #next: Sink

  constructor(shape: Shape, next: Sink) {
    this.#shape = shape
    this.#next = next
  }

  fulfil(lot: Lot, at: number, value: unknown, bytes: number): void {
    this.#next.fulfil(lot, at, this.#shape(value, lot.input(at), lot.index(at)), bytes)
  }

  reject(entry: Entry, error: unknown): void {
    this.#next.reject(entry, error)
  }

  flush(): void {
    this.#next.flush()
  }

  end(ending: Ending | undefined): void {
    this.#next.end(ending)
  }
}
