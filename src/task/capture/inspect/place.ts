import { isAbsolute, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Position } from '../syntax/parse.ts'
import type { ScriptInfo } from './script-file.ts'
import { loadMapping, type Mapping } from './source-map.ts'

const mappings = new Map<string, Mapping | undefined>()
const MAX_MAPPINGS = 50

/** Formats a position in a running file for people: `src/report.ts:12`. */
export function placeAt(script: ScriptInfo, position: Position): string {
  const source = mappingOf(script)?.find(position.line, position.column)
  return source === undefined
    ? `${fileName(script.url)}:${position.line + 1}`
    : `${fileName(source.url)}:${source.line + 1}`
}

function mappingOf(script: ScriptInfo): Mapping | undefined {
  const { sourceMapUrl, url } = script
  if (sourceMapUrl === undefined) return undefined
  const key = `${url} ${sourceMapUrl}`
  if (!mappings.has(key)) {
    if (mappings.size >= MAX_MAPPINGS) mappings.clear()
    mappings.set(key, loadMapping(sourceMapUrl, url))
  }
  return mappings.get(key)
}

/** Formats the URL of a script, which may have none. */
export function fileName(url: string): string {
  return url === '' ? '<anonymous>' : displayName(url)
}

/** Formats the URL of a module as a path relative to the working directory. */
export function displayName(url: string): string {
  if (!url.startsWith('file:')) return url
  const path = fileURLToPath(url)
  const near = relative(process.cwd(), path)
  return (near.startsWith('..') || isAbsolute(near) ? path : near).replaceAll(sep, '/')
}
