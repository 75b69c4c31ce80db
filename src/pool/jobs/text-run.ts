import type { SuccessRun } from '../../observe/success-run.ts'

/** Results of consecutive inputs as text: a line of JSON each. */
export class TextRun {
  readonly text: Uint8Array
  readonly successes: SuccessRun

  constructor(text: Uint8Array, successes: SuccessRun) {
    this.text = text
    this.successes = successes
  }

  get count(): number {
    return this.successes.count
  }

  /** The position of the first input in its run. */
  get index(): number {
    return this.successes.items.index(this.successes.offset)
  }
}
