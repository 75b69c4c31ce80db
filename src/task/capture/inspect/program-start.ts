import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { SourceModule } from '../../../wire/protocol/portable.ts'

let entry: string | undefined
let entryOf: string | undefined

/** Returns true for the URL of the script that this process, or this worker thread, was started with. */
export function isEntryScript(url: string): boolean {
  if (!url.startsWith('file:')) return false
  const [, argument] = process.argv
  if (argument !== entryOf) {
    entryOf = argument
    entry = argument === undefined ? undefined : pathOf(argument)
  }
  return entry !== undefined && fileURLToPath(url) === entry
}

/** Resolves the script's name: `node main` may mean `main.js`, a symbolic link, or a folder. */
function pathOf(argument: string): string {
  const path = resolve(argument)
  try {
    return createRequire(process.cwd() + sep).resolve(path)
  } catch {
    try {
      return realpathSync(path)
    } catch {
      return path
    }
  }
}

const TYPESCRIPT = /\.[cm]?tsx?(?:\?|$)/

/** Returns true if this process runs TypeScript through tsx, so that workers have to do the same. */
export function runsUnderTsx(modules: readonly SourceModule[] = []): boolean {
  const options = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ')
  if (/(?:^|[\\/ =])tsx(?:[\\/ @]|$)/.test(options)) return true
  // The program may have registered tsx itself. Then the running text has a source map inside, as with
  // --experimental-transform-types.
  const { typescript } = process.features as { typescript?: unknown }
  return typescript !== 'transform' && modules.some((one) => TYPESCRIPT.test(one.url) && one.sourceMap !== undefined)
}
