import { cutText, visibleText } from '../format/visible-text.ts'
import { type Packable, unitOf } from './packed-view.ts'

/** Writes whole numbers, seven bits a byte. */
class NumberWriter {
  #bytes = new Uint8Array(65_536)
  #size = 0

  whole(number: number): void {
    let rest = number
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#byte((rest % 128) | 128)
    this.#byte(rest)
  }

  /** Writes each as its difference from the one before, the sign in the last bit. */
  differences(numbers: readonly number[]): void {
    let last = 0
    for (const number of numbers) {
      this.whole(number < last ? 2 * (last - number) - 1 : 2 * (number - last))
      last = number
    }
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text)
    this.whole(bytes.length)
    for (const byte of bytes) this.#byte(byte)
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#size)
  }

  #byte(byte: number): void {
    if (this.#size === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#size)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes[this.#size++] = byte
  }
}

/**
 * Packs single attempts and lanes into bytes that compress well. `inputLength`: inputs are cut to so many characters;
 * `coarseness`: times are told in so many units.
 */
export function pack(
  view: Packable,
  { inputLength = 160, coarseness = 1 }: { inputLength?: number; coarseness?: number } = {},
): Uint8Array<ArrayBuffer> {
  const { singles, lanes } = view
  const unit = unitOf(view)
  const units = (ms: number): number => Math.max(0, Math.round(ms / unit / coarseness) * coarseness)
  const writer = new NumberWriter()
  writer.whole(singles.start.length)
  writer.differences(singles.start.map(units))
  for (const ms of singles.ms) writer.whole(units(ms))
  writer.differences(singles.task)
  for (const column of [singles.lane, singles.attempt, singles.state, singles.failed])
    for (const value of column) writer.whole(Math.min(value, 65_535))
  for (const step of singles.steps) for (const ms of step) writer.whole(units(ms))
  writer.text(singles.input.map((input) => visibleText(cutText(input, inputLength)).replaceAll('\n', '⏎')).join('\n'))
  for (const { work } of lanes) for (const series of work) for (const share of series) writer.whole(share)
  return writer.bytes()
}
