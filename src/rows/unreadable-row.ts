/** Thrown for a row that cannot be read. The message is the reason: `not JSON: …`. */
export class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow'
}
