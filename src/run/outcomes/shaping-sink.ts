import type { Chunk } from '../../pool/jobs/chunk.ts'
import type { Item } from '../../pool/jobs/item.ts'
import type { Ending, Sink } from '../../pool/jobs/ports.ts'

/** Converts a result, with its input, to the value that the consumer gets. */
export type Shape = (value: unknown, input: unknown, index: number) => unknown

/** Converts results by a shape, and hands them on. */
export class ShapingSink implements Sink {
  readonly #shape: Shape
  readonly #next: Sink

  constructor(shape: Shape, next: Sink) {
    this.#shape = shape
    this.#next = next
  }

  fulfil(chunk: Chunk, at: number, value: unknown, bytes: number): void {
    this.#next.fulfil(chunk, at, this.#shape(value, chunk.input(at), chunk.index(at)), bytes)
  }

  reject(item: Item, error: unknown): void {
    this.#next.reject(item, error)
  }

  flush(): void {
    this.#next.flush()
  }

  end(ending: Ending | undefined): void {
    this.#next.end(ending)
  }
}
