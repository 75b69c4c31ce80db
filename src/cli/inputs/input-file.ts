import { createReadStream } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { extname } from 'node:path'

import { CommandError, usageError } from '../command-error.ts'
import { EXIT } from '../exit-codes.ts'
import { nearestFile } from '../nearest-file.ts'
import { countLines } from './count-lines.ts'
import { readJsonLines } from './read-json-lines.ts'
import { readLines, type Warn } from './read-lines.ts'

/** How the inputs stand in a file, by the end of its name; all others hold one a line. */
const FORMATS: Readonly<Record<string, 'jsonl' | 'unknown'>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'unknown',
  '.csv': 'unknown',
  '.tsv': 'unknown',
}

/** Makes sure, before anything runs, that a file of inputs can be read. */
export async function checkInputFile(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw usageError(`cannot read the inputs in ${path}: ${(error as Error).message}`)
    const nearest = await nearestFile(path)
    const hint = nearest === undefined ? '' : ` Did you mean "@${nearest}"?`
    throw usageError(`there is no file "${path}" to read inputs from.${hint} For the value itself write "@@${path}".`)
  }
  if ((await stat(path)).isDirectory()) throw usageError(`@${path} is a folder; for the files in it: '${path}/*'`)
  if (formatOf(path) === 'unknown') {
    throw usageError(
      `cannot read inputs from ${path}: of its kind only JSON Lines (.jsonl) are known so far. ` +
        `Its lines as they are: manyhands run … < ${path}`,
    )
  }
}

/** How many inputs a file holds, where that is quickly known. Errors are told when it is read. */
export async function countInputs(path: string): Promise<number | undefined> {
  try {
    return await countLines(path, formatOf(path) !== 'jsonl')
  } catch {
    return undefined
  }
}

/** The inputs in a file: lines, or the values of JSON Lines. */
export async function* readInputFile(path: string, warn: Warn): AsyncGenerator<unknown, void, undefined> {
  const lines = readLines(chunksOf(path), path, warn)
  if (formatOf(path) === 'jsonl') yield* readJsonLines(lines, path)
  else yield* lines
}

function formatOf(path: string): 'jsonl' | 'unknown' | undefined {
  return FORMATS[extname(path).toLowerCase()]
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>
  } catch (error) {
    throw new CommandError(`cannot read the inputs in ${path}: ${(error as Error).message}`, EXIT.cannotStart, error)
  }
}
