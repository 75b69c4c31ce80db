import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

import {
  loadMapping,
  mapUrlIn,
  parseMapping,
  type Mapping,
  type SourcePosition,
} from '../../task/capture/inspect/source-map.ts'
import { PACKAGE_ROOT } from '../../util/own-package.ts'
import type { SourceModule } from '../../wire/protocol/portable.ts'

/** Where the code lies that tasks are called from: as it runs, and as the runtime shows it where it applies our source maps. */
const OWN_CODE: readonly string[] = [PACKAGE_ROOT, new URL('../src/', PACKAGE_ROOT)].flatMap((url) => [
  url.href,
  fileURLToPath(url),
])

/** What stands there and is no part of a call: the tasks of the contract suite. */
const NOT_OWN = '/testing/'

/** What the runtime calls us through. */
const RUNTIME = /\(?node:(?:internal\/|vm:|async_hooks:)/

const MAX_FILES = 200

const files = new Map<string, Mapping | undefined>()
const sent = new WeakMap<SourceModule, Mapping>()

/**
 * Rewrites the frames of a stack to the files that the user wrote, and takes the frames of this package off its end.
 *
 * For code by value the source maps came along; files are asked for theirs. To be called when a task has failed: it
 * reads files.
 */
export function mapStack(stack: string, modules: readonly SourceModule[] = []): string {
  const lines = withoutOwnFrames(stack.split('\n'))
  return lines.map((line) => mapFrame(line, modules)).join('\n')
}

function withoutOwnFrames(lines: string[]): string[] {
  const isOwn = (line: string): boolean => {
    if (!/^\s+at /.test(line)) return false
    const own = OWN_CODE.some((folder) => line.includes(folder)) && !line.includes(NOT_OWN)
    return own || RUNTIME.test(line) || / \(?<anonymous>\)?$/.test(line)
  }
  const last = lines.findLastIndex((line) => !isOwn(line))
  return lines.slice(0, last + 1)
}

function mapFrame(line: string, modules: readonly SourceModule[]): string {
  const match = /^(\s+at .*?\(?)((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*?):(\d+):(\d+)(\)?)$/.exec(line)
  if (match === null) return line
  const [, before = '', file = '', row = '', column = '', after = ''] = match
  const source = findSource(file, Number(row) - 1, Number(column) - 1, modules)
  if (source === undefined) return line
  return `${before}${source.url}:${source.line + 1}:${source.column + 1}${after}`
}

/** Where the user wrote what stands at a place of a file that runs; undefined where that is the same. */
export function findSource(
  file: string,
  line: number,
  column: number,
  modules: readonly SourceModule[],
): SourcePosition | undefined {
  const module = modules.find((one) => scriptName(one) === file)
  if (module === undefined) return fileMapping(file)?.find(line, column)
  return mappingOf(module)?.find(line, column) ?? { url: module.url, line, column }
}

function mappingOf(module: SourceModule): Mapping | undefined {
  let mapping = sent.get(module)
  if (mapping === undefined && module.sourceMap !== undefined) {
    mapping = parseMapping(module.sourceMap, module.url)
    sent.set(module, mapping)
  }
  return mapping
}

/** The map that a file on disk names. */
function fileMapping(file: string): Mapping | undefined {
  if (!files.has(file)) {
    if (files.size >= MAX_FILES) files.clear()
    files.set(file, readMapping(file))
  }
  return files.get(file)
}

function readMapping(file: string): Mapping | undefined {
  try {
    const url = file.startsWith('file:') ? file : pathToFileURL(file).href
    const mapUrl = mapUrlIn(readFileSync(fileURLToPath(url), 'utf8'))
    return mapUrl === undefined ? undefined : loadMapping(mapUrl, url)
  } catch {
    return undefined
  }
}

/** Marks code that still has to be traced back through the source map of its sender. */
const MARK = '?by-value'

/** The file name that code of a module is compiled under. */
export function scriptName(module: SourceModule): string {
  // The runtime may have loaded a file of the same name with a map of its own: it must not apply that one.
  return module.sourceMap === undefined ? module.url : module.url + MARK
}
