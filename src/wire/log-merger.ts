import type { LogFrame } from './frames.ts'

/** Texts are put together up to so many characters. */
export const FULL_CHARS = 65_536

/** Puts what one task printed in a row into fewer frames: a million lines shall not be a million frames. */
export class LogMerger {
  readonly #give: (frame: LogFrame) => void
  #first: LogFrame | undefined
  #text = ''

  constructor(give: (frame: LogFrame) => void) {
    this.#give = give
  }

  add(frame: LogFrame): void {
    if (this.#first === undefined || !isAlike(this.#first, frame) || this.#text.length >= FULL_CHARS) {
      this.flush()
      this.#first = frame
      this.#text = frame.text
    } else this.#text += frame.text
  }

  /** Gives what is there. */
  flush(): void {
    const first = this.#first
    if (first === undefined) return
    this.#first = undefined
    this.#give({ ...first, text: this.#text })
  }
}

/** Whether two texts come from the same task in the same way. */
export function isAlike(a: LogFrame, b: LogFrame): boolean {
  return (
    a.offset === b.offset && a.batch === b.batch && a.step === b.step && a.stream === b.stream && a.level === b.level
  )
}
