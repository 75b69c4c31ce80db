import type { FileFormat } from '../../files/file-format.ts'
import { isPattern } from '../../files/match-files.ts'
import { readOptionsFor } from '../../files/open-row-file.ts'
import { type RowFile, RowFiles } from '../../files/row-files.ts'
import { RowRange } from '../../rows/row-range.ts'
import type { RowSupply } from '../../rows/row-supply.ts'
import { usageError } from '../command-error.ts'
import { BadRow, valuesOf } from './bad-row.ts'
import { type Admits, expandGlob, type InputArgument, readArgument } from './input-argument.ts'
import { type InputChunk, takeRange } from './input-chunks.ts'
import { openFile, openStdin } from './input-source.ts'

export interface InputOptions {
  readonly literal: boolean
  /** The format of files and stdin. */
  readonly format: FileFormat | 'auto'
  /** `exact`: numbers of JSON that JavaScript would change are bigints or texts. */
  readonly numbers?: 'rounded' | 'exact'
  readonly skip: number
  readonly limit: number
  readonly admits?: Admits
}

/** Listens to what is odd among the inputs. */
export interface InputListeners {
  readonly warn: (message: string) => void
  /** Called with a row that cannot be read: a failed input that the run does not see. */
  readonly onBadRow: (row: BadRow) => void
}

/** The inputs of a run. */
export interface Inputs {
  readonly items: readonly unknown[] | AsyncIterable<unknown> | RowSupply
  /** The number of inputs, bad rows included; undefined as long as it is not known. */
  readonly total: () => number | undefined
}

/** The inputs of one argument: those that are there, or rows that are read in turn. */
type Part = InputChunk | RowFile

/** Opens what the arguments stand for. Files and stdin are read during the run, as it has room for more. */
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
  // Stdin comes last, so that errors elsewhere are known without waiting for it.
  for (const isStdin of [false, true]) {
    for (const [index, arg] of args.entries())
      if ((arg.kind === 'stdin') === isStdin) parts[index] = await partOf(arg, options, listeners.warn)
  }
  if (parts.every((part) => Array.isArray(part))) {
    const items = parts.flat().slice(skip, skip + limit)
    return { items, total: () => items.length }
  }
  if (parts.every((part) => 'blocks' in part)) return ofRows(new RowRange(new RowFiles(parts), skip, limit))
  const count = parts.reduce<number>(
    (sum, part) => sum + ('blocks' in part ? (part.count ?? Number.NaN) : part.length),
    0,
  )
  const expected = Number.isNaN(count) ? undefined : Math.min(Math.max(count - skip, 0), limit)
  return counted(takeRange(inTurn(parts), skip, limit), expected, listeners.onBadRow)
}

async function partOf(
  arg: InputArgument,
  { format, admits, numbers }: InputOptions,
  warn: InputListeners['warn'],
): Promise<Part> {
  const given = { ...(format !== 'auto' && { format }), exactNumbers: numbers === 'exact', counts: true, warn }
  switch (arg.kind) {
    case 'value':
      return [arg.value]
    case 'glob':
      return expandGlob(arg.pattern, admits)
    case 'stdin':
      return openStdin(readOptionsFor('', given))
    case 'file':
      return openFiles(isPattern(arg.path) ? await expandGlob(arg.path, admits) : [arg.path], given)
  }
}

/** Opens files one after the other, so that the first one that is wrong is told. */
async function openFiles(paths: readonly string[], given: Parameters<typeof readOptionsFor>[1]): Promise<RowFile> {
  const files: RowFile[] = []
  for (const path of paths) files.push(await openFile(path, readOptionsFor(path, given)))
  const all = new RowFiles(files)
  const hasStored = files.some(({ storedBlocks }) => storedBlocks !== undefined)
  const storedBlocks = (): ReturnType<RowFiles['blocks']> => all.storedBlocks() ?? all.blocks()
  return { blocks: () => all.blocks(), count: all.count(), ...(hasStored && { storedBlocks }) }
}

async function* inTurn(parts: readonly Part[]): AsyncGenerator<InputChunk, void, undefined> {
  for (const part of parts) {
    if ('blocks' in part) for await (const block of part.blocks()) yield valuesOf(block)
    else yield part
  }
}

/** Passes rows on as bytes: those that cannot be read are failures of their tasks. */
function ofRows(items: RowSupply): Inputs {
  return { items, total: () => items.count() }
}

/** Counts inputs while they are read; until then `expected` is their number. Passes bad rows to `onBadRow` instead. */
function counted(
  chunks: AsyncIterable<InputChunk>,
  expected: number | undefined,
  onBadRow: InputListeners['onBadRow'],
): Inputs {
  let total = 0
  let isWhole = false
  async function* items(): AsyncGenerator<unknown, void, undefined> {
    for await (const chunk of chunks) {
      for (const input of chunk) {
        total++
        if (input instanceof BadRow) onBadRow(input)
        else yield input
      }
    }
    isWhole = true
  }
  return { items: items(), total: () => (isWhole ? total : expected) }
}
