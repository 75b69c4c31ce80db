import { argumentHash } from '../../cache/call-key.ts'
import type { ClassRegistry } from '../../wire/codec/class-registry.ts'

/** A value that is loaded when it is first needed; until then only its hash may be known. */
export class LazyValue {
  #hash: Buffer | undefined
  readonly #load: () => unknown
  #value: unknown

  constructor(load: () => unknown, hash?: Buffer) {
    this.#load = load
    this.#hash = hash
  }

  /** One whose value is there. */
  static of(value: unknown, hash?: Buffer): LazyValue {
    return new LazyValue(() => value, hash)
  }

  /** Loaded, or computed, when it is first asked for. */
  value(): unknown {
    return (this.#value ??= this.#load())
  }

  /** Resolves to the hash of the value. Rejects if it has none. */
  async hash(classes: ClassRegistry | undefined): Promise<Buffer> {
    return (this.#hash ??= argumentHash(await this.value(), classes))
  }
}
