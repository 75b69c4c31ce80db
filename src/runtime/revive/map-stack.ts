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

/**
 * Folders of the code that calls tasks: of the running code, and of its sources in case the runtime applies our source
 * maps.
 */
const OWN_CODE: readonly string[] = [PACKAGE_ROOT, new URL('../src/', PACKAGE_ROOT)].flatMap((url) => [
  url.href,
  fileURLToPath(url),
])

/** Code in those folders that is not a part of a call: the tasks of the contract suite. */
const NOT_OWN = '/testing/'

/** Frames through which the runtime calls this package. */
const RUNTIME = /\(?node:(?:internal\/|vm:|async_hooks:)/

const MAX_FILES = 200

const files = new Map<string, Mapping | undefined>()
const sent = new WeakMap<SourceModule, Mapping>()

/**
 * Maps the frames of a stack to the user's source files, and removes the frames of this package from its end.
 *
 * The source maps of code by value were sent along; files name theirs. Reads files, so call it only for failed tasks.
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
  const source = findOriginal(file, Number(row) - 1, Number(column) - 1, modules)
  if (source === undefined) return line
  return `${before}${source.url}:${source.line + 1}:${source.column + 1}${after}`
}

/** Finds the original source of a position in a running file; undefined if they are the same. */
export function findOriginal(
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

/** Returns the source map that a file on disk names. */
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

/** Marks code to which the source map of its sender applies. */
const MARK = '?by-value'

/** Returns the file name that code of a module is compiled under. */
export function scriptName(module: SourceModule): string {
  // The runtime may have loaded a file of the same name with its own source map, which must not be applied.
  return module.sourceMap === undefined ? module.url : module.url + MARK
}
