import { createReadStream, fstatSync } from 'node:fs'
import { stat } from 'node:fs/promises'

import { usageError } from '../command-error.ts'
import { checkInputFile } from './check-input-file.ts'
import { countInputs } from './count-inputs.ts'
import type { InputFormat } from './formats/input-format.ts'
import { inputParser } from './formats/input-parser.ts'
import type { Warn } from './formats/line-parser.ts'
import { parseJson } from './formats/parse-json.ts'
import { inputError } from './input-error.ts'
import { begin, checkBeginning, type Lot, readLots } from './read-lots.ts'
import { readStdin } from './read-stdin.ts'

/** Bytes that are read from a file at a time. */
const CHUNK = 2 ** 17

/** Inputs that are read when it is their turn. */
export interface InputSource {
  readonly read: () => AsyncIterable<Lot>
  /** How many there are, where that is known before they are read. */
  readonly count: number | undefined
}

/** The inputs in a file, as far as they must be read before anything runs. */
export async function openFile(path: string, format: InputFormat, warn: Warn): Promise<Lot | InputSource> {
  await checkInputFile(path)
  // A pipe can be read only once.
  if (!(await stat(path)).isFile()) return openStream(chunksOf(path), path, format, warn)
  if (format === 'json') return parseJson(chunksOf(path), path)
  if (format === 'csv' || format === 'tsv') await checkBeginning(chunksOf(path), inputParser(format, path, warn))
  return {
    read: () => readLots(chunksOf(path), inputParser(format, path, warn)),
    count: await countInputs(path, format),
  }
}

/** The inputs on stdin. */
export async function openStdin(format: InputFormat, warn: Warn): Promise<Lot | InputSource> {
  // Node would give an empty stream.
  if (fstatSync(0).isDirectory()) throw usageError('stdin is a folder: there is nothing to read inputs from')
  return openStream(readStdin(), 'stdin', format, warn)
}

async function openStream(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  format: InputFormat,
  warn: Warn,
): Promise<Lot | InputSource> {
  if (format === 'json') return parseJson(chunks, name)
  const parser = inputParser(format, name, warn)
  const lots = await begin(readLots(chunks, parser), parser)
  return { read: () => lots, count: undefined }
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Uint8Array>
  } catch (error) {
    throw inputError(`cannot read the inputs in ${path}: ${(error as Error).message}`, error)
  }
}
