import { type Stats, statSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { basename, extname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { resolveFrom } from '../../runtime/revive/resolve-from.ts'
import { messageOf } from '../../util/message-of.ts'
import { didYouMean, nearestName } from '../../util/nearest-name.ts'
import { CommandError, EXIT } from '../command-error.ts'
import { nearestFile } from './nearest-file.ts'

/** The function or class to run, found but not loaded. */
export interface TaskReference {
  readonly url: URL
  readonly exportName: string
  /** The name of the run. */
  readonly name: string
}

const CODE_FILE = /\.[cm]?[jt]sx?$/

/**
 * Finds what `<module>#<export>` names: a file, a package as seen from `cwd`, or a module of Node.
 *
 * @throws {CommandError} if there is no such module. A missing export is known only when a worker loads the module.
 */
export async function findTask(text: string, cwd: string = process.cwd()): Promise<TaskReference> {
  const hash = isFile(resolve(cwd, text)) ? -1 : text.lastIndexOf('#')
  const module = hash < 0 ? text : text.slice(0, hash)
  const exportName = hash < 0 ? 'default' : text.slice(hash + 1)
  if (module === '') throw cannotStart(`expected <module>#<export>, such as wordcount.ts#count, got "${text}"`)
  if (exportName === '') throw cannotStart(`expected the name of an export after the "#", got "${text}"`)
  const url = new URL(await find(module, cwd))
  const stem = basename(module, CODE_FILE.test(module) ? extname(module) : '')
  return { url, exportName, name: exportName === 'default' ? stem : exportName }
}

async function find(module: string, cwd: string): Promise<string> {
  const path = resolve(cwd, module)
  if (module.startsWith('file:')) return ofUrl(module)
  if (isFile(path)) return pathToFileURL(path).href
  if (module.startsWith('node:')) return builtin(module)
  if (/^\.{0,2}[\\/]|^[A-Za-z]:[\\/]/.test(module) || CODE_FILE.test(module)) throw await missingFile(module, path)
  try {
    return resolveFrom(pathToFileURL(resolve(cwd, 'here.js')).href, module)
  } catch (error) {
    throw await missingPackage(module, path, error)
  }
}

function ofUrl(module: string): Promise<string> | string {
  let path: string
  try {
    path = fileURLToPath(module)
  } catch (error) {
    throw cannotStart(`"${module}" names no file: ${messageOf(error)}`, error)
  }
  if (isFile(path)) return pathToFileURL(path).href
  return missingFile(path, path).then((error) => Promise.reject(error))
}

function builtin(module: string): string {
  const names = builtinModules
    .filter((name) => !name.startsWith('_'))
    .map((name) => `node:${name.replace(/^node:/, '')}`)
  if (names.includes(module)) return module
  throw cannotStart(`Node has no module "${module}".${didYouMean(nearestName(module, names))}`)
}

async function missingFile(module: string, path: string): Promise<CommandError> {
  if (exists(path)) return cannotStart(`${module} is a folder, not a module`)
  return cannotStart(`there is no file "${module}".${didYouMean(await nearestFile(module))}`)
}

async function missingPackage(module: string, path: string, cause: unknown): Promise<CommandError> {
  if (exists(path)) return cannotStart(`${module} is a folder, not a module`)
  const { code, message } = cause as NodeJS.ErrnoException
  if (code !== 'MODULE_NOT_FOUND') return cannotStart(`cannot find the package "${module}": ${message}`, cause)
  const nearest = (await nearestFile(`${module}.ts`)) ?? (await nearestFile(`${module}.js`))
  return cannotStart(`there is no file and no package "${module}" here.${didYouMean(nearest)}`, cause)
}

function cannotStart(message: string, cause?: unknown): CommandError {
  return new CommandError(message, EXIT.cannotStart, cause)
}

function isFile(path: string): boolean {
  return look(path)?.isFile() ?? false
}

function exists(path: string): boolean {
  return look(path) !== undefined
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}
