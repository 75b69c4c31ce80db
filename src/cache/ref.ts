/**
 * A result that is loaded when it is needed. As an argument of a cached function it is known by its value's hash, and
 * loaded only where that function is really called.
 */
export class Ref<T = unknown> {
  /** The key of the call. */
  readonly key: string
  /** Equal values have equal hashes: 64 hex digits. Undefined where the value cannot be stored. */
  readonly valueHash: string | undefined
  readonly #load: () => Promise<T>

  constructor(key: string, valueHash: string | undefined, load: () => Promise<T>) {
    this.key = key
    this.valueHash = valueHash
    this.#load = load
  }

  /** The value: from the cache, or computed again where it is gone. A new copy at each call. */
  load(): Promise<T> {
    return this.#load()
  }
}
