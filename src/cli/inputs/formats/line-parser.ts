import type { InputParser, Warn } from './input-format.ts'
import { NO_TEXT, TextBlocks } from './text-blocks.ts'

/** Parses texts that end with a newline (also `\r\n`) or with NUL; the last one may lack its end. Blank ones count. */
export class LineParser implements InputParser {
  readonly hasBegun = true
  readonly #separator: '\n' | '\0'
  readonly #name: string
  readonly #warn: Warn
  readonly #blocks: TextBlocks
  #hasWarned = false

  constructor(separator: '\n' | '\0', name: string, warn: Warn) {
    this.#separator = separator
    this.#name = name
    this.#warn = warn
    this.#blocks = new TextBlocks(separator, name)
  }

  push(chunk: Uint8Array): string[] {
    return this.#split(this.#blocks.push(chunk))
  }

  end(): string[] {
    return this.#split(this.#blocks.end())
  }

  #split(block: string): string[] {
    const text = this.#checked(block)
    const lines = text.split(this.#separator)
    if (lines.at(-1) === '') lines.pop()
    if (this.#separator === '\0' || !text.includes('\r')) return lines
    return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  }

  #checked(text: string): string {
    if (!text.includes(NO_TEXT)) return text
    if (!this.#hasWarned) this.#warn(`${this.#name} holds bytes that are not UTF-8: they arrive as "\uFFFD"`)
    this.#hasWarned = true
    return text.replaceAll(NO_TEXT, '\uFFFD')
  }
}
