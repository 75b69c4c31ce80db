import { access, constants, stat } from 'node:fs/promises'

import { didYouMean } from '../../util/nearest-name.ts'
import { usageError } from '../command-error.ts'
import { nearestFile } from '../nearest-file.ts'

/** Makes sure, before anything runs, that a file of inputs can be read. */
export async function checkInputFile(path: string): Promise<void> {
  if (path === '') throw usageError('"@" names no file to read inputs from; for the value itself write "@@"')
  try {
    await access(path, constants.R_OK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw usageError(`cannot read the inputs in ${path}: ${(error as Error).message}`)
    throw usageError(
      `there is no file "${path}" to read inputs from.${await hintFor(path)} For the value itself write "@@${path}".`,
    )
  }
  if ((await stat(path)).isDirectory()) throw usageError(`@${path} is a folder; for the files in it: '${path}/*'`)
}

async function hintFor(path: string): Promise<string> {
  if (path === '-') return ' For stdin write "-".'
  const nearest = await nearestFile(path)
  return didYouMean(nearest === undefined ? undefined : `@${nearest}`)
}
