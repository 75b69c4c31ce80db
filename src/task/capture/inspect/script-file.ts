import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { lineStartsOf } from '../syntax/source-lines.ts'
import { mapUrlIn } from './source-map.ts'

/** A script that this thread runs. */
export interface ScriptInfo {
  readonly url: string
  readonly isModule: boolean
  /** The start of its text, if it is a part of a larger file. */
  readonly startLine: number
  readonly startColumn: number
  /** True if it runs in the main context of this thread. */
  readonly isMainContext: boolean
  readonly sourceMapUrl: string | undefined
  /** Shows later if the file still has the running text. */
  readonly text: { readonly hash: string } | { readonly modified: number }
}

/**
 * Returns the text of the file that a script was loaded from, if neither a loader nor an edit has changed it. Faster
 * than asking V8.
 */
export function unchangedFile(script: ScriptInfo | undefined): string | undefined {
  if (script?.url.startsWith('file:') !== true) return undefined
  try {
    const path = fileURLToPath(script.url)
    if ('modified' in script.text)
      return statSync(path).mtimeMs === script.text.modified ? readFileSync(path, 'utf8') : undefined
    const { createHash } = process.getBuiltinModule('node:crypto')
    const text = readFileSync(path, 'utf8')
    return createHash('sha256').update(text).digest('hex') === script.text.hash ? text : undefined
  } catch {
    return undefined
  }
}

/**
 * Describes the script at a URL by its file. The script has this length, and contains a function at this position.
 * Returns `undefined` unless it is certain that the running text is that of the file.
 */
export function scriptFromFile(
  url: string,
  length: number,
  isModule: boolean,
  fn: { readonly line: number; readonly column: number; readonly text: string },
): ScriptInfo | undefined {
  // Node strips types from TypeScript without changing the length.
  if (!/^file:.*\.[cm]?js$/.test(url)) return undefined
  try {
    const path = fileURLToPath(url)
    const { mtimeMs } = statSync(path)
    if (mtimeMs >= performance.timeOrigin) return undefined
    const text = readFileSync(path, 'utf8')
    if (text.length !== length || !standsAt(text, fn)) return undefined
    // A module without variables of its own has no module scope.
    if (!isModule && /\b(?:import|export)\b/.test(text)) return undefined
    const sourceMapUrl = mapUrlIn(text)
    const start = { startLine: 0, startColumn: 0, isMainContext: true }
    return { url, isModule, ...start, sourceMapUrl, text: { modified: mtimeMs } }
  } catch {
    return undefined
  }
}

/**
 * Returns true if the text contains the function at this position. V8 reports the position of its parameters, somewhere
 * in its text.
 */
function standsAt(
  text: string,
  fn: { readonly line: number; readonly column: number; readonly text: string },
): boolean {
  const lineStart = lineStartsOf(text)[fn.line]
  if (lineStart === undefined) return false
  const offset = lineStart + fn.column
  const start = text.lastIndexOf(fn.text, offset)
  return start !== -1 && offset < start + fn.text.length
}
