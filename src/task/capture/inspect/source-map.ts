import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { fileURLToPath } from 'node:url'

/** A position in a source file as its author wrote it, from 0. */
export interface SourcePosition {
  /** A URL, usually `file:`. */
  readonly url: string
  readonly line: number
  readonly column: number
}

/** Maps running text to the original source. */
export interface Mapping {
  find(line: number, column: number): SourcePosition | undefined
}

/**
 * Reads the source map that a file names in its `sourceMappingURL`: in the comment itself, or in a file beside it.
 * Returns `undefined` if there is none, or it cannot be read.
 */
export function loadMapping(mapUrl: string, fileUrl: string): Mapping | undefined {
  try {
    const base = mapUrl.startsWith('data:') ? fileUrl : new URL(mapUrl, fileUrl).href
    return parseMapping(mapText(mapUrl, fileUrl), base)
  } catch {
    return undefined
  }
}

/** Returns the text of a source map. */
export function mapText(mapUrl: string, fileUrl: string): string {
  if (!mapUrl.startsWith('data:')) return readFileSync(fileURLToPath(new URL(mapUrl, fileUrl)), 'utf8')
  const comma = mapUrl.indexOf(',')
  const data = mapUrl.slice(comma + 1)
  return mapUrl.slice(0, comma).endsWith(';base64') ? Buffer.from(data, 'base64').toString() : decodeURIComponent(data)
}

export function parseMapping(text: string, base: string): Mapping {
  const payload = JSON.parse(text) as SourceMapPayload
  const map = new SourceMap(payload)
  const root = payload.sourceRoot ? new URL(`${payload.sourceRoot.replace(/\/$/, '')}/`, base).href : base
  return {
    find(line, column) {
      const entry = map.findEntry(line, column)
      if (!('originalSource' in entry) || typeof entry.originalSource !== 'string') return undefined
      const source = /^[A-Za-z]:[\\/]/.test(entry.originalSource)
        ? `file:///${entry.originalSource}`
        : entry.originalSource
      return { url: new URL(source, root).href, line: entry.originalLine, column: entry.originalColumn }
    },
  }
}

/** Returns the `sourceMappingURL` at the end of a file's text. */
export function mapUrlIn(text: string): string | undefined {
  const offset = text.lastIndexOf('sourceMappingURL=')
  if (offset < 3 || !/^\/[/*][#@] $/.test(text.slice(offset - 4, offset))) return undefined
  return /^[^\s'"*]+/.exec(text.slice(offset + 'sourceMappingURL='.length))?.[0]
}
