/** The conversion of a class's instances to plain data and back. */
export interface ClassCodec<T = unknown> {
  readonly name: string
  readonly encode: (instance: T) => unknown
  readonly decode: (data: unknown) => T
}

/** The classes whose instances may be sent, by prototype (to send) and by name (to receive). */
export class ClassRegistry {
  readonly #byPrototype = new Map<object, ClassCodec>()
  readonly #byName = new Map<string, ClassCodec>()

  add(prototype: object, codec: ClassCodec): void {
    this.#byPrototype.set(prototype, codec)
    this.#byName.set(codec.name, codec)
  }

  ofInstance(prototype: object): ClassCodec | undefined {
    return this.#byPrototype.size === 0 ? undefined : this.#byPrototype.get(prototype)
  }

  named(name: string): ClassCodec | undefined {
    return this.#byName.get(name)
  }
}
