import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { PACKAGE_ROOT } from '../../../util/own-package.ts'

/** A package: its folder, and the files that programs import it by. */
interface Package {
  readonly folder: string
  readonly entries: ReadonlySet<string>
}

const packages = new Map<string, Package | undefined>()

/** Returns true for modules of packages: their user could do nothing about their state. */
export function isPackage(url: string): boolean {
  return url.includes('/node_modules/') || url.startsWith(PACKAGE_ROOT.href)
}

/**
 * Returns the entries of a package that the program has loaded, for a file inside of it. They may have set up what is
 * in the file, so that workers load them, too. `loaded` returns the URLs of all modules, oldest first.
 */
export function entriesBefore(url: string, loaded: () => Iterable<string>): readonly string[] {
  if (!url.startsWith('file:') || !isPackage(url)) return []
  const own = packageOf(dirname(fileURLToPath(url)))
  // A file that programs import by itself needs no other.
  if (own === undefined || own.entries.size === 0 || own.entries.has(url)) return []
  return [...new Set(loaded())].filter((one) => own.entries.has(one))
}

function packageOf(folder: string): Package | undefined {
  if (packages.has(folder)) return packages.get(folder)
  const parent = dirname(folder)
  const manifest = manifestIn(folder)
  // A folder of a package may have a file that only says what kind of modules are in it.
  const own = manifest?.['name'] === undefined ? undefined : { folder, entries: entriesOf(folder, manifest) }
  const found = own ?? (parent === folder ? undefined : packageOf(parent))
  packages.set(folder, found)
  return found
}

function manifestIn(folder: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
  } catch {
    return undefined
  }
}

function entriesOf(folder: string, { exports, main, module }: Readonly<Record<string, unknown>>): Set<string> {
  const targets = exports === undefined ? [main ?? 'index.js', module] : targetsIn(exports)
  return new Set(targets.flatMap((target) => (typeof target === 'string' ? urlOf(join(folder, target)) : [])))
}

/** Returns all files that a map of exports leads to, under any condition. */
function targetsIn(exports: unknown): unknown[] {
  if (typeof exports === 'string') return [exports]
  return typeof exports === 'object' && exports !== null ? Object.values(exports).flatMap(targetsIn) : []
}

/** Returns the URL under which a file is loaded; patterns lead to none. */
function urlOf(path: string): string[] {
  for (const ending of ['', '.js', '/index.js']) {
    try {
      const real = realpathSync(path + ending)
      if (ending !== '' || /\.[^/\\]+$/.test(real)) return [pathToFileURL(real).href]
    } catch {
      // There is no such file.
    }
  }
  return []
}
