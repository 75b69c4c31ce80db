import { access, constants, stat } from 'node:fs/promises'

import { isPattern, matchFiles } from '../../files/match-files.ts'
import { didYouMean } from '../../util/nearest-name.ts'
import { usageError } from '../command-error.ts'
import { nearestFile } from '../module/nearest-file.ts'

/** Chooses files that are inputs among those that a pattern matches. Throws for one that must not be read. */
export type Admits = (file: string, pattern: string) => boolean

/** The meaning of an argument among the inputs. */
export type InputArgument =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'glob'; readonly pattern: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin' }

/** Reads an argument: values, globs, `@file`, `-` for stdin, `@@x` for the value `@x`. With `literal` all are values. */
export function readArgument(text: string, literal: boolean): InputArgument {
  if (literal) return { kind: 'value', value: text }
  if (text === '-') return { kind: 'stdin' }
  if (text.startsWith('@@')) return { kind: 'value', value: text.slice(1) }
  if (text.startsWith('@')) return { kind: 'file', path: text.slice(1) }
  if (isPattern(text)) return { kind: 'glob', pattern: text }
  if (/^::::?\+?$/.test(text))
    throw usageError(
      `"${text}" is a word of GNU parallel: here inputs follow the module, and files of inputs are written @list.txt. ` +
        'For the text itself use --literal',
    )
  return { kind: 'value', value: text }
}

/** Lists the files that a pattern matches, in order. `admits` chooses those that are inputs, and may throw. */
export async function expandGlob(pattern: string, admits: Admits = () => true): Promise<string[]> {
  const files = (await matchFiles(pattern)).filter((file) => admits(file, pattern))
  if (files.length === 0) throw usageError(`no files match "${pattern}"; for the text itself use --literal`)
  return files
}

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
