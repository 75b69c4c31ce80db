import { usageError } from '../command-error.ts'
import { BadRow, formatOfFile, type InputFormat } from './formats/input-format.ts'
import { expandGlob, type InputArgument, readArgument } from './input-argument.ts'
import { type InputChunk, takeRange } from './input-chunks.ts'
import { type InputSource, openFile, openStdin } from './input-source.ts'

export interface InputOptions {
  readonly literal: boolean
  /** How inputs stand in files and on stdin. */
  readonly format: InputFormat | 'auto'
  readonly skip: number
  readonly limit: number
  /** The file that results go to. */
  readonly output?: string
}

/** Those who are told what is odd among the inputs. */
export interface InputListeners {
  readonly warn: (message: string) => void
  /** A row that cannot be read: a failed input, which the run does not get to see. */
  readonly onBadRow: (row: BadRow) => void
}

/** The inputs of a run. */
export interface Inputs {
  readonly items: readonly unknown[] | AsyncIterable<unknown>
  /** How many there are, bad rows included, where that is known. */
  readonly total: () => number | undefined
}

/** What can be read when it is its turn: inputs that are there, or a source of more. */
type Part = InputChunk | InputSource

/** Makes ready what the arguments stand for. Files and stdin are read while the run goes on, as it has room for more. */
export async function openInputs(
  texts: readonly string[],
  options: InputOptions,
  listeners: InputListeners,
): Promise<Inputs> {
  const { skip, limit, literal } = options
  const args: InputArgument[] = texts.map((text) => readArgument(text, literal))
  if (args.length === 0) args.push({ kind: 'stdin' })
  if (args.filter(({ kind }) => kind === 'stdin').length > 1) throw usageError('stdin can be read only once: "-" twice')
  const parts = args.map((): Part => [])
  // Stdin last: what is wrong elsewhere is told before it is waited for.
  for (const isStdin of [false, true]) {
    for (const [index, arg] of args.entries())
      if ((arg.kind === 'stdin') === isStdin) parts[index] = await partOf(arg, options, listeners.warn)
  }
  if (parts.every((part) => Array.isArray(part))) {
    const items = parts.flat().slice(skip, skip + limit)
    return { items, total: () => items.length }
  }
  const count = parts.reduce<number>(
    (sum, part) => sum + ('read' in part ? (part.count ?? Number.NaN) : part.length),
    0,
  )
  const expected = Number.isNaN(count) ? undefined : Math.min(Math.max(count - skip, 0), limit)
  return counted(takeRange(inTurn(parts), skip, limit), expected, listeners.onBadRow)
}

async function partOf(
  arg: InputArgument,
  { format, output }: InputOptions,
  warn: InputListeners['warn'],
): Promise<Part> {
  switch (arg.kind) {
    case 'value':
      return [arg.value]
    case 'glob':
      return expandGlob(arg.pattern, output)
    case 'stdin':
      return openStdin(format === 'auto' ? 'lines' : format, warn)
    case 'file':
      return openFile(arg.path, format === 'auto' ? formatOfFile(arg.path) : format, warn)
  }
}

async function* inTurn(parts: readonly Part[]): AsyncGenerator<InputChunk, void, undefined> {
  for (const part of parts) {
    if ('read' in part) yield* part.read()
    else yield part
  }
}

/** Counts inputs while they are read; until then so many are expected. Bad rows are told, and go no further. */
function counted(
  lots: AsyncIterable<InputChunk>,
  expected: number | undefined,
  onBadRow: InputListeners['onBadRow'],
): Inputs {
  let total = 0
  let isWhole = false
  async function* items(): AsyncGenerator<unknown, void, undefined> {
    for await (const lot of lots) {
      for (const input of lot) {
        total++
        if (input instanceof BadRow) onBadRow(input)
        else yield input
      }
    }
    isWhole = true
  }
  return { items: items(), total: () => (isWhole ? total : expected) }
}
