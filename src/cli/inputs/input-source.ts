import { createReadStream, fstatSync } from 'node:fs'
import { stat } from 'node:fs/promises'

import { usageError, inputError } from '../command-error.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import { countInputs } from './count-inputs.ts'
import { DelimitedParser } from './formats/delimited-parser.ts'
import type { InputFormat, Warn, InputParser } from './formats/input-format.ts'
import { JsonLinesParser } from './formats/json-lines-parser.ts'
import { LineParser } from './formats/line-parser.ts'
import { parseJson } from './formats/parse-json.ts'
import { checkInputFile } from './input-argument.ts'
import { begin, checkBeginning, type InputChunk, readChunks } from './input-chunks.ts'

/** Bytes that are read from a file at a time. */
const CHUNK = 2 ** 17

/** Inputs that are read when it is their turn. */
export interface InputSource {
  readonly read: () => AsyncIterable<InputChunk>
  /** How many there are, where that is known before they are read. */
  readonly count: number | undefined
}

/** The inputs in a file, as far as they must be read before anything runs. */
export async function openFile(path: string, format: InputFormat, warn: Warn): Promise<InputChunk | InputSource> {
  await checkInputFile(path)
  // A pipe can be read only once.
  if (!(await stat(path)).isFile()) return openStream(chunksOf(path), path, format, warn)
  if (format === 'json') return parseJson(chunksOf(path), path)
  if (format === 'csv' || format === 'tsv') await checkBeginning(chunksOf(path), inputParser(format, path, warn))
  return {
    read: () => readChunks(chunksOf(path), inputParser(format, path, warn)),
    count: await countInputs(path, format),
  }
}

/** The inputs on stdin. */
export async function openStdin(format: InputFormat, warn: Warn): Promise<InputChunk | InputSource> {
  // Node would give an empty stream.
  if (fstatSync(0).isDirectory()) throw usageError('stdin is a folder: there is nothing to read inputs from')
  return openStream(readStdin(), 'stdin', format, warn)
}

async function openStream(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  format: InputFormat,
  warn: Warn,
): Promise<InputChunk | InputSource> {
  if (format === 'json') return parseJson(chunks, name)
  const parser = inputParser(format, name, warn)
  const lots = await begin(readChunks(chunks, parser), parser)
  return { read: () => lots, count: undefined }
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Uint8Array>
  } catch (error) {
    throw inputError(`cannot read the inputs in ${path}: ${(error as Error).message}`, error)
  }
}

/** What comes in on stdin, up to its end or until nobody wants more. */
export async function* readStdin(): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* process.stdin as AsyncIterable<Uint8Array>
  } catch (error) {
    // Closed on purpose, because the run ends.
    if (process.stdin.destroyed && (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return
    throw inputError(`cannot read the inputs on stdin: ${(error as Error).message}`, error)
  }
}

/** Nobody shall wait for a terminal without knowing it: it is read only for `-`. Returns whether it will be. */
export function readsTerminal(texts: readonly string[], { literal, onlyFailed }: RunFlags): boolean {
  if (!process.stdin.isTTY) return false
  if (texts.length > 0) return !literal && texts.includes('-')
  if (onlyFailed) throw usageError('the run read its inputs from stdin: pipe the same in once more')
  throw usageError("no inputs: give values, globs ('img/*.png') or @files after the module, or pipe lines in")
}

/** A parser for a format of which not all must be there before it can be read. `name` is that of the file. */
export function inputParser(format: Exclude<InputFormat, 'json'>, name: string, warn: Warn): InputParser {
  switch (format) {
    case 'lines':
      return new LineParser('\n', name, warn)
    case 'null':
      return new LineParser('\0', name, warn)
    case 'jsonl':
      return new JsonLinesParser(name)
    case 'csv':
      return new DelimitedParser(',', name)
    case 'tsv':
      return new DelimitedParser('\t', name)
  }
}
