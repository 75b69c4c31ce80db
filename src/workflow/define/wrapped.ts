/** A value whose role among a node's arguments was said. */
export class Wrapped<T = unknown> {
  readonly value: unknown
  readonly isStream: boolean
  /** The type of the argument that it can stand for. */
  declare readonly type: T

  constructor(value: unknown, isStream: boolean) {
    this.value = value
    this.isStream = isStream
  }
}
