import { BadRow } from './input-format.ts'
import type { InputParser } from './input-format.ts'
import { NO_TEXT, TextBlocks } from './text-blocks.ts'

/** Parses JSON Lines. Blank lines are left out. */
export class JsonLinesParser implements InputParser {
  readonly hasBegun = true
  readonly #name: string
  readonly #blocks: TextBlocks
  #line = 0

  constructor(name: string) {
    this.#name = name
    this.#blocks = new TextBlocks('\n', name)
  }

  push(chunk: Uint8Array): unknown[] {
    return this.#parse(this.#blocks.push(chunk))
  }

  end(): unknown[] {
    return this.#parse(this.#blocks.end())
  }

  #parse(text: string): unknown[] {
    const lines = text.split('\n')
    if (lines.at(-1) === '') lines.pop()
    const values: unknown[] = []
    for (const line of lines) {
      this.#line++
      if (line.trim() !== '') values.push(this.#valueOf(line))
    }
    return values
  }

  #valueOf(line: string): unknown {
    const position = `${this.#name}:${this.#line}`
    if (line.includes(NO_TEXT)) return new BadRow(position, 'not UTF-8')
    try {
      return JSON.parse(line)
    } catch (error) {
      return new BadRow(position, `not JSON: ${(error as Error).message}`)
    }
  }
}
