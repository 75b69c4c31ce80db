/** Hands text on in whole lines. */
export class LineBuffer {
  readonly #give: (lines: string) => void
  #rest = ''

  constructor(give: (lines: string) => void) {
    this.#give = give
  }

  push(text: string): void {
    const end = text.lastIndexOf('\n') + 1
    if (end === 0) {
      this.#rest += text
      return
    }
    const lines = this.#rest + text.slice(0, end)
    this.#rest = text.slice(end)
    this.#give(lines)
  }

  /** Takes the line that has not ended. */
  rest(): string {
    const rest = this.#rest
    this.#rest = ''
    return rest
  }
}
