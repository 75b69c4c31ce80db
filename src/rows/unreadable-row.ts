/** Thrown for a row that cannot be read. The message is the reason: `not JSON: …`. */
export class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow'
  readonly #unreadable = true

  /** Reads no property of the thrown value: a proxy could answer `instanceof` with an error. */
  static is(thrown: unknown): thrown is UnreadableRow {
    return typeof thrown === 'object' && thrown !== null && #unreadable in thrown && thrown.#unreadable
  }
}
