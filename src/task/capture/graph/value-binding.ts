import { Module } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { types } from 'node:util'

import type { Binding } from '../../../wire/protocol/portable.ts'
import { isEntryScript } from '../inspect/program-start.ts'
import type { Callable } from '../reference/known-references.ts'
import { looksNative, nativeObject } from '../reference/native-reference.ts'
import type { FreeVariable } from '../syntax/function-site.ts'
import type { Capture, Capturing } from './capturing.ts'
import { type CapturedVariable, refused } from './graph-draft.ts'

/** Set by workers on their `import.meta` objects, so that a task can send functions itself. */
const META = Symbol.for('manyhands.import.meta')

/** Names that Vite gives to imported modules, which may be proxies. */
const VITE_IMPORT = /^__vi(?:te_ssr)?_import_\d+__$/

/** Decides how the present value of a variable is sent. */
export function valueBinding(
  capture: Capture,
  capturing: Capturing,
  variable: FreeVariable,
  value: unknown,
  captured: CapturedVariable,
): Binding {
  switch (typeof value) {
    case 'function':
      return functionBinding(capture, variable, value as Callable, captured)
    case 'object':
      return value === null
        ? { from: 'value', id: capture.graph.addValue(null, captured) }
        : objectBinding(capture, capturing, variable, value, captured)
    case 'symbol':
      return symbolBinding(capture, value, captured)
    default:
      return { from: 'value', id: capture.graph.addValue(value, captured) }
  }
}

function functionBinding(capture: Capture, variable: FreeVariable, fn: Callable, captured: CapturedVariable): Binding {
  if (isRequire(fn)) return requireBinding(fn)
  // Names that Vite gives to `import()`.
  if (variable.name === '__vite_ssr_dynamic_import__' || variable.name === '__vi_import__')
    return { from: 'dynamic-import' }
  return { from: 'function', id: capture.add(fn, captured) }
}

function objectBinding(
  capture: Capture,
  capturing: Capturing,
  variable: FreeVariable,
  value: object,
  captured: CapturedVariable,
): Binding {
  const { site } = capturing
  const isViteImport = VITE_IMPORT.test(variable.name)
  if (types.isProxy(value) && !isViteImport) return { from: 'value', id: capture.graph.addValue(value, captured) }
  const meta: unknown = isViteImport ? undefined : Reflect.get(value, META)
  if (typeof meta === 'string') return { from: 'meta', url: meta }
  if (variable.name === '__vite_ssr_import_meta__') return { from: 'meta' }
  const ownModule = variable.origin === undefined && isOwnModule(variable.name, value)
  if (ownModule && canReload(capturing)) {
    return variable.name === 'module'
      ? { from: 'module' }
      : { from: 'required', specifier: fileURLToPath(capturing.located.info.url), path: [] }
  }
  if (types.isModuleNamespaceObject(value) || isViteImport || isModuleLike(value) || ownModule)
    return { from: 'value', id: capture.graph.addValue(usedMembers(value, variable.members), captured) }
  if ((types.isWeakMap(value) || types.isWeakSet(value)) && (site.isClass || site.usesThis))
    capture.graph.ofClasses.add(value)
  if (mayBeOfRuntime(value)) {
    const reference = nativeObject(value)
    if (reference !== undefined) return { from: 'function', id: capture.graph.addObject(value, reference) }
  }
  return { from: 'value', id: capture.graph.addValue(value, captured) }
}

function symbolBinding(capture: Capture, symbol: symbol, captured: CapturedVariable): Binding {
  const key = Symbol.keyFor(symbol)
  if (key !== undefined) return { from: 'symbol', key }
  const name = Object.getOwnPropertyNames(Symbol).find((one) => Reflect.get(Symbol, one) === symbol)
  if (name === undefined) throw refused(captured, 'it is a symbol, and each thread makes its own. Use Symbol.for().')
  return { from: 'function', id: capture.graph.addObject(symbol, { kind: 'global', path: ['Symbol', name] }) }
}

/** Returns true for a `require` of `createRequire` or CommonJS. */
function isRequire(fn: Callable): fn is NodeJS.Require {
  return (
    !looksNative(fn) && fn.name === 'require' && typeof Reflect.get(fn, 'resolve') === 'function' && 'extensions' in fn
  )
}

/** Binds `require` to the folder that it belongs to. Loaders that wrap it may not tell which. */
function requireBinding(require: NodeJS.Require): Binding {
  const { paths } = require.resolve as Partial<NodeJS.RequireResolve>
  const [folder] = paths?.('manyhands') ?? []
  return folder === undefined
    ? { from: 'require' }
    : { from: 'require', url: pathToFileURL(`${dirname(folder)}/noop.js`).href }
}

function isOwnModule(name: string, value: object): boolean {
  return name === 'exports' || (name === 'module' && value instanceof Module)
}

function canReload({ located: { info } }: Capturing): boolean {
  return info.url.startsWith('file:') && !info.isModule && info.isMainContext && !isEntryScript(info.url)
}

/** Returns true for modules as test runners and bundlers make them. */
function isModuleLike(value: object): boolean {
  return (
    !types.isModuleNamespaceObject(value) &&
    Object.getOwnPropertyDescriptor(value, Symbol.toStringTag)?.value === 'Module'
  )
}

/** Picks the members that are used: the rest of a module may well be unsendable. */
export function usedMembers(module: object, names: readonly string[] | undefined): object {
  const used: Record<string, unknown> = {}
  for (const name of names ?? Object.keys(module)) if (name in module) used[name] = Reflect.get(module, name)
  return used
}

/** Returns false for plain data, which needs no search in the runtime: most captured values are. */
function mayBeOfRuntime(value: object): boolean {
  if (value === globalThis || value === process.env) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  if (Array.isArray(value) || ArrayBuffer.isView(value) || types.isMap(value) || types.isSet(value)) return false
  if (prototype !== Object.prototype && prototype !== null) return Symbol.toStringTag in value
  if (Object.hasOwn(value, Symbol.toStringTag)) return true
  for (const name in value) if (typeof Object.getOwnPropertyDescriptor(value, name)?.value === 'function') return true
  return false
}
