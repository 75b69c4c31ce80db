import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { displayName } from './display-name.ts'

/** Where in a module something is no JavaScript, as ` (image.mjs:3:7)`; empty where that cannot be said. */
export async function syntaxPlace(specifier: string, error: unknown): Promise<string> {
  if (!(error instanceof SyntaxError)) return ''
  // Of imports Node says it above the error itself.
  const [, url, line] = /^(file:.*):(\d+)\n/.exec(error.stack ?? '') ?? []
  if (url !== undefined) return ` (${displayName(url)}:${line})`
  if (!/^file:.*\.[cm]?js$/.test(specifier)) return ''
  try {
    const { parse } = await import('acorn')
    parse(readFileSync(fileURLToPath(specifier), 'utf8'), {
      ecmaVersion: 'latest',
      sourceType: specifier.endsWith('.cjs') ? 'script' : 'module',
      allowHashBang: true,
    })
  } catch (found) {
    const { loc } = found as { loc?: { line: number; column: number } }
    if (loc !== undefined) return ` (${displayName(specifier)}:${loc.line}:${loc.column + 1})`
  }
  return ''
}
