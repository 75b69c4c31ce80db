/** Tells in which lines rows begin, by counting when it is asked. Rows that are asked for in order are counted once. */
export class LineNumbers {
  readonly #bytes: Buffer
  readonly #separator: number
  readonly #bounds: Uint32Array
  readonly #firstLine: number
  /** The place up to which lines were counted. */
  #offset = 0
  #line: number

  /** `firstLine`: the number of the line at offset 0 of `bytes`. */
  constructor(bytes: Buffer, separator: number, bounds: Uint32Array, firstLine: number) {
    this.#bytes = bytes
    this.#separator = separator
    this.#bounds = bounds
    this.#firstLine = firstLine
    this.#line = firstLine
  }

  lineOf(row: number): number {
    const start = this.#bounds[2 * row] as number
    if (start < this.#offset) {
      this.#offset = 0
      this.#line = this.#firstLine
    }
    this.#line += countIn(this.#bytes.subarray(this.#offset, start), this.#separator)
    this.#offset = start
    return this.#line
  }
}

/** Counts a byte. */
export function countIn(bytes: Buffer, byte: number): number {
  let count = 0
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) count++
  return count
}
