import { fstatSync } from 'node:fs'

import { DataFileError } from '../../errors/file-errors.ts'
import { readStdin } from '../../files/bytes/byte-reader.ts'
import { openRowFile, openRowStream, type ReadOptions } from '../../files/open-row-file.ts'
import type { RowFile } from '../../files/row-files.ts'
import { usageError } from '../command-error.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import { checkInputFile } from './input-argument.ts'

/** Opens a file of inputs. Reads what has to be checked before anything runs. */
export async function openFile(path: string, options: ReadOptions): Promise<RowFile> {
  await checkInputFile(path)
  return checked(openRowFile(path, options))
}

/** Opens the inputs on stdin. */
export async function openStdin(options: ReadOptions): Promise<RowFile> {
  // Node would give an empty stream.
  if (fstatSync(0).isDirectory()) throw usageError('stdin is a folder: there is nothing to read inputs from')
  return checked(openRowStream(readStdin(), 'stdin', options))
}

/** Files that are wrong in themselves are wrong usage before anything runs. */
async function checked(file: Promise<RowFile>): Promise<RowFile> {
  try {
    return await file
  } catch (error) {
    if (error instanceof DataFileError && !isOfSystem(error)) throw usageError(error.message)
    throw error
  }
}

function isOfSystem({ cause }: DataFileError): boolean {
  return cause instanceof Error && (cause as NodeJS.ErrnoException).syscall !== undefined
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
