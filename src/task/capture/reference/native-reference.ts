import { builtinModules } from 'node:module'
import { runInNewContext } from 'node:vm'

import type { PortableFunction } from '../../../wire/protocol/portable.ts'
import { hiddenName } from './hidden-objects.ts'
import type { Callable } from './known-references.ts'

type NativeReference = Extract<PortableFunction, { kind: 'builtin' | 'global' }>

const known = new WeakMap<object, NativeReference>()

/**
 * Finds the path by which another thread reaches the same part of `globalThis` or of a Node built-in module.
 *
 * The URL of its source (`node:internal/fs/promises`), if it has one, says where to look first.
 */
export function nativeReference(value: Callable, url = ''): NativeReference | undefined {
  const reference = known.get(value) ?? inGlobals(value) ?? inBuiltins(value, url)
  // The program may have replaced a global since then.
  if (reference?.kind === 'global' && follow(globalThis, reference.path) !== value) return undefined
  if (reference !== undefined) known.set(value, reference)
  return reference ?? inOtherRealm(value)
}

/** Finds the same part of the runtime for a function of another realm: test runners run code in a context of its own. */
function inOtherRealm(value: Callable): NativeReference | undefined {
  if (typeof value !== 'function' || !looksNative(value) || value.name === '') return undefined
  try {
    const realm = (value.constructor as FunctionConstructor)('return globalThis')() as object
    if (realm === globalThis) return undefined
    const path = pathIn(realm, value)
    return path !== undefined && typeof follow(globalThis, path) === 'function' ? { kind: 'global', path } : undefined
  } catch {
    // Its realm allows no code from texts.
    return undefined
  }
}

/** Searches the standard globals of a realm, and the members and methods of each. */
function pathIn(realm: object, value: Callable): string[] | undefined {
  const { name } = value as { name: string }
  if (isIntrinsic(name) && dataValue(realm, name) === value) return [name]
  for (const holder of Object.getOwnPropertyNames(realm)) {
    if (!isIntrinsic(holder)) continue
    const own = dataValue(realm, holder)
    if (!isHolder(own)) continue
    if (dataValue(own, name) === value) return [holder, name]
    const prototype = dataValue(own, 'prototype')
    if (isHolder(prototype) && dataValue(prototype, name) === value) return [holder, 'prototype', name]
  }
  return undefined
}

let intrinsics: ReadonlySet<string> | undefined

/** Returns true for the names of globals of the language, such as `Map`: test runners define them anew, as enumerable. */
function isIntrinsic(name: string): boolean {
  intrinsics ??= new Set(runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[])
  return intrinsics.has(name)
}

/** Finds the same for an object that a variable holds: `console`, `Math`, `process.env`, or a whole module. */
export function nativeObject(value: object): NativeReference | undefined {
  if (value === process.env) return { kind: 'global', path: ['process', 'env'] }
  const name = nameOf(value)
  if (name !== undefined && isGlobal(name) && follow(globalThis, [name]) === value)
    return { kind: 'global', path: [name] }
  const module = loadedBuiltins('').find((one) => (process.getBuiltinModule(one) as unknown) === value)
  return module === undefined ? undefined : { kind: 'builtin', module: `node:${module}`, path: [] }
}

/** Finds the same for an object inside a value, if it is certain to be of the runtime: `Math`, `console`, `JSON`. */
export function objectOfRuntime(value: object): NativeReference | undefined {
  const hidden = hiddenName(value)
  if (hidden !== undefined) return { kind: 'global', path: [hidden] }
  return Object.hasOwn(value, Symbol.toStringTag) ? nativeObject(value) : undefined
}

/** Returns true for a function without JavaScript source: native, bound, or a proxy. */
export function looksNative(fn: unknown): boolean {
  return /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(fn))
}

/**
 * Searches two levels of globals, and the methods of classes, by the name of the function: `Math.sqrt`,
 * `Array.prototype.slice`.
 */
function inGlobals(value: Callable): NativeReference | undefined {
  const name = nameOf(value)
  if (name === undefined) return undefined
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name)
  if (
    descriptor !== undefined &&
    (!descriptor.enumerable || isNodeGlobal(name) || isIntrinsic(name)) &&
    follow(globalThis, [name]) === value
  )
    return { kind: 'global', path: [name] }
  if (typeof value !== 'function') return undefined
  for (const [holderName, holder] of globalHolders()) {
    const member = [name, 'prototype'].find((key) => memberOf(holder, key, name) === value)
    if (member !== undefined)
      return { kind: 'global', path: member === name ? [holderName, name] : [holderName, 'prototype', name] }
  }
  return undefined
}

/** Returns true for globals of the runtime: those that a program adds are enumerable. */
function isGlobal(name: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name)
  return descriptor !== undefined && (!descriptor.enumerable || isNodeGlobal(name) || isIntrinsic(name))
}

function memberOf(holder: object, key: string, name: string): unknown {
  const own = dataValue(holder, key)
  return key === name || !isHolder(own) ? own : dataValue(own, name)
}

function* globalHolders(): Generator<[string, object]> {
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    // These stand behind getters, but exist from the start.
    const value = name === 'process' || name === 'Buffer' ? follow(globalThis, [name]) : dataValue(globalThis, name)
    if (isHolder(value) && value !== globalThis) yield [name, value]
  }
}

/** Searches two levels of the exports of loaded modules. A program that holds a part of a module has loaded it. */
function inBuiltins(value: object, url: string): NativeReference | undefined {
  for (const name of loadedBuiltins(url)) {
    const module = `node:${name}`
    const namespace = process.getBuiltinModule(name) as unknown
    if (!isHolder(namespace)) continue
    if (namespace === value) return { kind: 'builtin', module, path: [] }
    const path = pathWithin(namespace, value, 2)
    if (path !== undefined) return { kind: 'builtin', module, path }
  }
  return undefined
}

function pathWithin(holder: object, value: object, depth: number): string[] | undefined {
  for (const name of Object.getOwnPropertyNames(holder)) {
    const member = dataValue(holder, name)
    if (member === value) return [name]
    if (depth === 1 || !isHolder(member)) continue
    const deeper = pathWithin(member, value, depth - 1)
    if (deeper !== undefined) return [name, ...deeper]
  }
  return undefined
}

function loadedBuiltins(url: string): string[] {
  const { moduleLoadList } = process as unknown as { moduleLoadList?: readonly string[] }
  if (moduleLoadList === undefined) return []
  const loaded = new Set(moduleLoadList)
  const parts = url.split(/[:/]/)
  const rank = (name: string): number => (name.split('/').every((part) => parts.includes(part)) ? 0 : 1)
  return builtinModules
    .filter((name) => loaded.has(`NativeModule ${name}`))
    .toSorted((a, b) => rank(a) - rank(b) || (rank(a) === 0 ? b.length - a.length : 0))
}

/** Reads a property without calling getters: some load a lot, some warn. */
function dataValue(holder: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(holder, name)?.value as unknown
}

function nameOf(value: object): string | undefined {
  if (typeof value === 'function') return value.name === '' ? undefined : value.name
  const tag: unknown = Reflect.get(value, Symbol.toStringTag)
  if (value === globalThis) return 'globalThis'
  // The object `crypto` has the tag `Crypto`, but `Math` has the tag `Math`.
  if (typeof tag !== 'string' || tag === '') return undefined
  return tag in globalThis && Reflect.get(globalThis, tag) === value ? tag : tag.charAt(0).toLowerCase() + tag.slice(1)
}

function isHolder(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function follow(root: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => (isHolder(at) ? Reflect.get(at, name) : undefined), root)
}

/** Enumerable properties that Node itself puts onto `globalThis`. All others are the program's. */
const NODE_GLOBALS: ReadonlySet<string> = new Set([
  'atob',
  'btoa',
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'crypto',
  'fetch',
  'global',
  'localStorage',
  'navigator',
  'performance',
  'process',
  'console',
  'queueMicrotask',
  'sessionStorage',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'structuredClone',
])

function isNodeGlobal(name: string): boolean {
  return NODE_GLOBALS.has(name)
}

/** Returns the value of a variable that the program put onto `globalThis`. Workers do not have it. */
export function programGlobal(name: string): { readonly value: unknown } | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name)
  if (descriptor === undefined || !('value' in descriptor)) return undefined
  return descriptor.enumerable === true && !isNodeGlobal(name) && !isIntrinsic(name)
    ? { value: descriptor.value }
    : undefined
}
