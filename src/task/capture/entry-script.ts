import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

let entry: string | undefined
let entryOf: string | undefined

/** Tells whether a URL is that of the script this process, or this worker thread, was started with. */
export function isEntryScript(url: string): boolean {
  if (!url.startsWith('file:')) return false
  const [, argument] = process.argv
  if (argument !== entryOf) {
    entryOf = argument
    entry = argument === undefined ? undefined : pathOf(argument)
  }
  return entry !== undefined && fileURLToPath(url) === entry
}

/** `node main` may mean `main.js`, a symbolic link, or a folder. */
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
