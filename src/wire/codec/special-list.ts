import type { Special } from './special.ts'

/** The special parts of one value, in the order in which they are put back. */
export class SpecialList {
  /** Original to its special: the copy is made on arrival. */
  readonly #ofOriginal = new Map<object, Special>()
  /** Specials whose contents are being encoded. */
  readonly #open = new Set<Special>()
  #all: Special[] | undefined

  get all(): readonly Special[] | undefined {
    return this.#all
  }

  /** The special of an object that was met before in this value. */
  of(original: object): Special | undefined {
    return this.#ofOriginal.size === 0 ? undefined : this.#ofOriginal.get(original)
  }

  isOpen(special: Special): boolean {
    return this.#open.has(special)
  }

  /** A special with contents, known from now on so that they can refer back to it. */
  begin(original: object, special: Special): Special {
    this.#ofOriginal.set(original, special)
    this.#open.add(special)
    return special
  }

  /** Contents stand before what contains them. */
  end(special: Special): void {
    this.#open.delete(special)
    this.add(special)
  }

  add(special: Special, original?: object): void {
    ;(this.#all ??= []).push(special)
    if (original !== undefined) this.#ofOriginal.set(original, special)
  }

  clear(): void {
    this.#all = undefined
    if (this.#ofOriginal.size > 0) this.#ofOriginal.clear()
    if (this.#open.size > 0) this.#open.clear()
  }
}
