import { usageError } from '../command-error.ts'
import { expandGlob } from './expand-glob.ts'
import { type InputArgument, readArgument } from './input-argument.ts'
import { checkInputFile, countInputs, readInputFile } from './input-file.ts'
import { readLines, type Warn } from './read-lines.ts'
import { readStdin } from './read-stdin.ts'
import { takeRange } from './take-range.ts'

export interface InputOptions {
  readonly literal: boolean
  readonly skip: number
  readonly limit: number
}

/** The inputs of a run. */
export interface Inputs {
  readonly items: readonly unknown[] | AsyncIterable<unknown>
  /** How many there are, where that is known. */
  readonly total: () => number | undefined
}

/** What can be read when it is its turn: values that are there, or a source of more. */
type Part = readonly unknown[] | Source

interface Source {
  readonly read: () => AsyncIterable<unknown>
  /** How many there are, where that is known before they are read. */
  readonly count: number | undefined
}

/** Makes ready what the arguments stand for. Files and stdin are read while the run goes on, as it has room for more. */
export async function openInputs(texts: readonly string[], options: InputOptions, warn: Warn): Promise<Inputs> {
  const { skip, limit, literal } = options
  const args: InputArgument[] = texts.map((text) => readArgument(text, literal))
  if (args.length === 0) args.push({ kind: 'stdin' })
  if (args.filter(({ kind }) => kind === 'stdin').length > 1) throw usageError('stdin can be read only once: "-" twice')
  const parts = await Promise.all(args.map((arg) => partOf(arg, warn)))
  if (parts.every((part) => Array.isArray(part))) {
    const items = parts.flat().slice(skip, skip + limit)
    return { items, total: () => items.length }
  }
  const count = parts.reduce<number>(
    (sum, part) => sum + ('read' in part ? (part.count ?? Number.NaN) : part.length),
    0,
  )
  const expected = Number.isNaN(count) ? undefined : Math.min(Math.max(count - skip, 0), limit)
  return counted(takeRange(inTurn(parts), skip, limit), expected)
}

async function partOf(arg: InputArgument, warn: Warn): Promise<Part> {
  switch (arg.kind) {
    case 'value':
      return [arg.value]
    case 'glob':
      return expandGlob(arg.pattern)
    case 'stdin':
      return { read: () => readLines(readStdin(), 'stdin', warn), count: undefined }
    case 'file':
      await checkInputFile(arg.path)
      return { read: () => readInputFile(arg.path, warn), count: await countInputs(arg.path) }
  }
}

async function* inTurn(parts: readonly Part[]): AsyncGenerator<unknown, void, undefined> {
  for (const part of parts) yield* 'read' in part ? part.read() : part
}

/** Counts inputs while they are read; until then so many are expected. */
function counted(inputs: AsyncIterable<unknown>, expected: number | undefined): Inputs {
  let total = 0
  let isWhole = false
  async function* items(): AsyncGenerator<unknown, void, undefined> {
    for await (const input of inputs) {
      total++
      yield input
    }
    isWhole = true
  }
  return { items: items(), total: () => (isWhole ? total : expected) }
}
