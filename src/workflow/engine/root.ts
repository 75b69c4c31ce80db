import type { Window } from '../../run/source/window.ts'

/**
 * What items come from: an input that was read, a combination that was made. It counts in its window until the last end
 * of the graph has consumed what became of it.
 */
export class Root {
  readonly #window: Window | undefined
  readonly #bytes: number
  readonly #parents: readonly Root[]
  /** Ends that have not consumed it, once for each item that it has become. */
  #open: number

  constructor(open: number, window?: Window, bytes = 0, parents: readonly Root[] = []) {
    this.#open = open
    this.#window = window
    this.#bytes = bytes
    this.#parents = parents
    window?.enter(bytes)
  }

  /** It has become more items than one, or fewer: `more` ends more wait for it. */
  grow(more: number): void {
    this.#open += more
    if (this.#open <= 0) this.#free()
  }

  /** One end has consumed it. */
  release(): void {
    if (--this.#open === 0) this.#free()
  }

  #free(): void {
    this.#window?.leave(1, this.#bytes)
    for (const parent of this.#parents) parent.release()
  }
}
