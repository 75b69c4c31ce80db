import { InvalidStateError } from '../../errors/argument-errors.ts'

/** The forms in which a run can be read. */
export type Reading = 'values' | 'batches' | 'settled' | 'array'

/** Keeps a run to one reader, in one form. */
export class ReaderClaim {
  #reading: Reading | undefined
  #stalled = false
  #finished = false

  /** The form that the reader chose; undefined if there is none yet. */
  get reading(): Reading | undefined {
    return this.#reading
  }

  /**
   * Called by a reader with how it reads.
   *
   * @throws {InvalidStateError} if there is a reader already, unless it continues: after a stall in any form, and with
   * single values while it is not waiting for one.
   */
  claim(reading: Reading, isWaiting: boolean): void {
    if (this.#reading !== undefined && !this.#stalled && !this.#continues(reading, isWaiting)) {
      const why = this.#finished ? 'it is over' : `it is already read as ${this.#reading}`
      throw new InvalidStateError(
        `this run cannot be read as ${reading}: ${why}. A run has one reader; start another run to read again.`,
      )
    }
    this.#stalled = false
    this.#reading = reading
  }

  /** True if one more step of a loop over values needs no new claim; such a step may come after the end. */
  get isStepping(): boolean {
    return this.#reading === 'values' && !this.#stalled
  }

  /** Called when the reader stopped waiting, for now. */
  stall(): void {
    this.#stalled = true
  }

  /** Called when the reader has got the end of the run, or cancelled it. */
  finish(): void {
    this.#finished = true
  }

  #continues(reading: Reading, isWaiting: boolean): boolean {
    return reading === 'values' && this.#reading === 'values' && !this.#finished && !isWaiting
  }
}
