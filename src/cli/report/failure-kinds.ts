import { count } from '../../util/text/show-number.ts'
import { escapeText } from '../../util/text/terminal-text.ts'
import { messageShape } from '../../view/digest/message-shape.ts'
import { labelOf } from './label-of.ts'

interface Kind {
  readonly what: string
  readonly firstInput: string
  count: number
}

const MOST_KINDS = 1_000
const MOST_SHOWN = 20

/** Counts failures by kind. Messages that differ only in numbers, quoted names and inputs are of one kind. */
export class FailureKinds {
  readonly #kinds = new Map<string, Kind>()
  #others = 0
  #total = 0

  /** Counts a failure. Returns whether it is the first of its kind. */
  add(what: string, input: unknown): boolean {
    this.#total++
    const shape = messageShape(what, input)
    const known = this.#kinds.get(shape)
    if (known !== undefined) known.count++
    else if (this.#kinds.size < MOST_KINDS)
      this.#kinds.set(shape, { what: shape, firstInput: labelOf(input, 60), count: 1 })
    else this.#others++
    return known === undefined && this.#others === 0
  }

  /** Returns a line for each kind, the most frequent first. */
  lines(): string[] {
    const kinds = [...this.#kinds.values()].sort((a, b) => b.count - a.count)
    const shown = kinds.slice(0, MOST_SHOWN)
    const width = count(shown[0]?.count ?? 0).length
    const lines = shown.map((kind) => {
      const example = kind.count === 1 ? kind.firstInput : `first: ${kind.firstInput}`
      return `${count(kind.count).padStart(width + 2)} × ${escapeText(kind.what)}  (${example})`
    })
    const rest = this.#total - shown.reduce((sum, kind) => sum + kind.count, 0)
    if (rest > 0) lines.push(`${count(rest).padStart(width + 2)} × others`)
    return lines
  }
}
