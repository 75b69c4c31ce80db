import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { InvalidArgumentError } from '../errors/argument-errors.ts'
import type { Check } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { moduleId } from '../task/code/package-path.ts'

export const moduleList: Check<readonly (string | URL)[]> = (value, option) => {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' || one instanceof URL)) return value
  throw new InvalidArgumentError(option, 'an array of paths, URLs or packages', describeValue(value))
}

/**
 * Returns the id of each module, which is the same everywhere, and its URL here. Paths are relative to the folder
 * `from`.
 *
 * @throws {InvalidArgumentError} for those that are not there.
 */
export function allowedModules(modules: readonly (string | URL)[], from: string): (readonly [string, string])[] {
  return modules.map((module) => {
    const url = urlOf(module, from)
    return [moduleId(url), url] as const
  })
}

function urlOf(module: string | URL, from: string): string {
  const text = String(module)
  if (text.startsWith('node:')) return text
  const url = text.startsWith('file:') ? text : pathOf(text, from)
  if (url === undefined || !existsSync(fileURLToPath(url)))
    throw new InvalidArgumentError('modules', 'modules that exist', `"${text}", which does not exist`)
  // Node names modules after the real paths of their files.
  return pathToFileURL(realpathSync(fileURLToPath(url))).href
}

/** A file in the folder comes before a package of that name. */
function pathOf(text: string, from: string): string | undefined {
  if (isAbsolute(text)) return pathToFileURL(text).href
  const url = new URL(text.split('\\').join('/'), from)
  if (existsSync(fileURLToPath(url))) return url.href
  try {
    return pathToFileURL(createRequire(from).resolve(text)).href
  } catch {
    return undefined
  }
}
