import { usageError } from '../../command-error.ts'
import { DelimitedRows } from './delimited-rows.ts'
import { BadRow } from './input-format.ts'
import type { InputParser } from './input-format.ts'
import { TextBlocks } from './text-blocks.ts'

/** Parses CSV or TSV into objects of texts. The first row names the fields. */
export class DelimitedParser implements InputParser {
  readonly #name: string
  readonly #blocks: TextBlocks
  readonly #rows: DelimitedRows
  #names: readonly string[] | undefined

  constructor(delimiter: ',' | '\t', name: string) {
    this.#name = name
    this.#blocks = new TextBlocks('\n', name)
    this.#rows = new DelimitedRows(delimiter)
  }

  get hasBegun(): boolean {
    return this.#names !== undefined
  }

  push(chunk: Uint8Array): unknown[] {
    return this.#read(this.#blocks.push(chunk), false)
  }

  end(): unknown[] {
    return this.#read(this.#blocks.end(), true)
  }

  #read(text: string, isLast: boolean): unknown[] {
    const inputs: unknown[] = []
    this.#rows.read(text, isLast, (fields, line, problem) => {
      if (this.#names === undefined) this.#names = this.#headerOf(fields, line, problem)
      else inputs.push(this.#inputOf(this.#names, fields, line, problem))
    })
    return inputs
  }

  #headerOf(fields: readonly string[], line: number, problem: string | undefined): readonly string[] {
    if (problem !== undefined) throw usageError(`${this.#name}:${line}: the header cannot be read: ${problem}`)
    checkHeader(fields, `${this.#name}:${line}`)
    return fields
  }

  #inputOf(names: readonly string[], fields: readonly string[], line: number, problem: string | undefined): unknown {
    if (problem !== undefined) return new BadRow(`${this.#name}:${line}`, problem)
    if (fields.length !== names.length) {
      const noun = fields.length === 1 ? 'field' : 'fields'
      return new BadRow(`${this.#name}:${line}`, `${fields.length} ${noun}, the header has ${names.length}`)
    }
    const row: Record<string, string> = {}
    for (let column = 0; column < names.length; column++) {
      const name = names[column] as string
      // Assigning to `__proto__` would set the prototype, or do nothing.
      if (name === '__proto__') Object.defineProperty(row, name, ownField(fields[column] as string))
      else row[name] = fields[column] as string
    }
    return row
  }
}

function ownField(value: string): PropertyDescriptor {
  return { value, configurable: true, enumerable: true, writable: true }
}

/** Makes sure that each column has a name of its own. `position` is that of the header: `rows.csv:1`. */
export function checkHeader(names: readonly string[], position: string): void {
  const columns = new Map<string, number>()
  for (const [index, name] of names.entries()) {
    const column = index + 1
    if (name.trim() === '')
      throw usageError(`${position}: column ${column} has no name; the first row must name all columns`)
    const first = columns.get(name)
    if (first !== undefined)
      throw usageError(
        `${position}: columns ${first} and ${column} are both called "${name}"; each needs a name of its own`,
      )
    columns.set(name, column)
  }
}
