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

/** Bytes read from a file at a time. */
const PIECE = 2 ** 17

/** Inputs that are read in turn, during the run. */
export interface InputSource {
  readonly read: () => AsyncIterable<InputChunk>
  /** Their number, if it is known before they are read. */
  readonly count: number | undefined
}

/** Opens a file of inputs. Reads what has to be checked before anything runs. */
export async function openFile(path: string, format: InputFormat, warn: Warn): Promise<InputChunk | InputSource> {
  await checkInputFile(path)
  // A pipe can be read only once.
  if (!(await stat(path)).isFile()) return openStream(bytesOf(path), path, format, warn)
  if (format === 'json') return parseJson(bytesOf(path), path)
  if (format === 'csv' || format === 'tsv') await checkBeginning(bytesOf(path), inputParser(format, path, warn))
  return {
    read: () => readChunks(bytesOf(path), inputParser(format, path, warn)),
    count: await countInputs(path, format),
  }
}

/** Opens the inputs on stdin. */
export async function openStdin(format: InputFormat, warn: Warn): Promise<InputChunk | InputSource> {
  // Node would give an empty stream.
  if (fstatSync(0).isDirectory()) throw usageError('stdin is a folder: there is nothing to read inputs from')
  return openStream(readStdin(), 'stdin', format, warn)
}

async function openStream(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  format: InputFormat,
  warn: Warn,
): Promise<InputChunk | InputSource> {
  if (format === 'json') return parseJson(bytes, name)
  const parser = inputParser(format, name, warn)
  const chunks = await begin(readChunks(bytes, parser), parser)
  return { read: () => chunks, count: undefined }
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* createReadStream(path, { highWaterMark: PIECE }) as AsyncIterable<Uint8Array>
  } catch (error) {
    throw inputError(`cannot read the inputs in ${path}: ${(error as Error).message}`, error)
  }
}

/** Reads stdin to its end, or until no more is wanted. */
export async function* readStdin(): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* process.stdin as AsyncIterable<Uint8Array>
  } catch (error) {
    // Closed on purpose, because the run ends.
    if (process.stdin.destroyed && (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return
    throw inputError(`cannot read the inputs on stdin: ${(error as Error).message}`, error)
  }
}

/**
 * True if inputs will be read from a terminal, which needs a `-`.
 *
 * @throws {CommandError} if there are no inputs and stdin is a terminal: the command would seem to hang.
 */
export function readsTerminal(texts: readonly string[], { literal, onlyFailed }: RunFlags): boolean {
  if (!process.stdin.isTTY) return false
  if (texts.length > 0) return !literal && texts.includes('-')
  if (onlyFailed) throw usageError('the run read its inputs from stdin: pipe the same in once more')
  throw usageError("no inputs: give values, globs ('img/*.png') or @files after the module, or pipe lines in")
}

/** Makes the parser for a format that can be read piece by piece. `name` is that of the file, for errors. */
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
