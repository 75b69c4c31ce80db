import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

import type { PortableFunction } from '../portable.ts'
import type { Callable } from './callable.ts'
import { isEntryScript } from './entry-script.ts'
import type { Inspected, Inspector } from './inspector.ts'
import { readVariable } from './read-variable.ts'
import { inSource, scriptTree, type Standing } from './scripts.ts'
import { exportsOf, isDefaultExport } from './syntax/exports.ts'

type ExportReference = Extract<PortableFunction, { kind: 'export' }>

const { cache } = createRequire(import.meta.url)

/**
 * The module and name under which a worker can import a function.
 *
 * The module is never imported here to find out: it may be waiting for this very call, or be loaded by other means.
 */
export function moduleReference(
  inspector: Inspector,
  fn: Callable,
  inspected: Inspected,
  standing: Standing,
): ExportReference | undefined {
  const { info } = standing
  if (!info.isMainContext || isEntryScript(info.url)) return undefined
  const name = info.isModule ? esmName(inspector, fn, inspected, standing) : commonjsName(fn, info.url)
  return name === undefined ? undefined : { kind: 'export', url: info.url, name }
}

function esmName(
  inspector: Inspector,
  fn: Callable,
  { moduleScope }: Inspected,
  { location, info }: Standing,
): string | undefined {
  // Code given on the command line has a URL too, but no file.
  if (!/^(?:file|data|https?):/.test(info.url) || /\/\[eval\d*\]$/.test(info.url)) return undefined
  const script = scriptTree(inspector, location.scriptId, info)
  for (const { local, name } of exportsOf(script)) {
    const reading = readVariable(moduleScope === undefined ? [] : [moduleScope], local)
    if (reading.state === 'value' && reading.value === fn) return name
  }
  return isDefaultExport(script, inSource(location, info)) ? 'default' : undefined
}

function commonjsName(fn: Callable, url: string): string | undefined {
  const module = url.startsWith('file:') ? cache[fileURLToPath(url)] : undefined
  if (module === undefined) return undefined
  const exports = module.exports as unknown
  if (exports === fn) return 'default'
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null) return undefined
  const name = propertyOf(exports, fn)
  // A worker would take `default` for the function that is the module itself.
  return name === 'default' && typeof exports === 'function' ? undefined : name
}

function propertyOf(exports: object, fn: Callable): string | undefined {
  const names = Object.getOwnPropertyNames(exports)
  // Most are exported under their own name.
  if (names.includes(fn.name) && valueOf(exports, fn.name) === fn) return fn.name
  return names.find((name) => valueOf(exports, name) === fn)
}

/** Getters are what compilers make of `export`; those of others may do anything. */
function valueOf(exports: object, name: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(exports, name)
  if (descriptor?.get === undefined) return descriptor?.value
  try {
    return Object.hasOwn(exports, '__esModule') ? descriptor.get.call(exports) : undefined
  } catch {
    return undefined
  }
}
