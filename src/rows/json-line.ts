import { types } from 'node:util'

/**
 * A result as one line of JSON. Values that JSON has no form for get the nearest that keeps all of them: a bigint a text, a
 * `Map` or `Set` an array.
 *
 * @throws {TypeError} for cycles.
 */
export function jsonLine(value: unknown): string {
  if (value === undefined) return 'null\n'
  return `${JSON.stringify(value, keepAll)}\n`
}

/** Deeper values go the careful way: a cycle would never end. */
const DEEPEST = 32

/** A result as one line of JSON if it is plain data; undefined if it is not, or not certainly: then it takes a closer look. */
export function plainJsonLine(value: unknown): string | undefined {
  if (value === undefined) return 'null\n'
  return isPlainJson(value, 0) ? `${JSON.stringify(value)}\n` : undefined
}

/** True for values of which `JSON.stringify` loses nothing: data in plain objects and arrays. */
function isPlainJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
      return true
    case 'object':
      return value === null || (depth < DEEPEST && isPlainObject(value, depth))
    default:
      return false
  }
}

function isPlainObject(value: object, depth: number): boolean {
  // A proxy answers as it likes, each time.
  if (types.isProxy(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // JSON would ask it, the codec does not.
  if ((value as { readonly toJSON?: unknown }).toJSON !== undefined) return false
  if (prototype === Array.prototype) {
    const list = value as unknown[]
    // Holes, and properties beside the elements, are for the closer look.
    if (Object.keys(list).length !== list.length) return false
    for (let i = 0; i < list.length; i++) if (!isPlainJson(list[i], depth + 1)) return false
    return true
  }
  if (prototype !== Object.prototype || Object.getOwnPropertySymbols(value).length > 0) return false
  for (const key of Object.keys(value)) {
    // A getter is read here and once more when the line is made, and should answer the same.
    if (!isPlainJson((value as Record<string, unknown>)[key], depth + 1)) return false
  }
  return true
}

/** Replaces values whose content JSON would leave out, or that it would refuse. */
function keepAll(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map || value instanceof Set) return [...value]
  if (value instanceof RegExp) return String(value)
  if (value instanceof Error) return fieldsOf(value)
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Uint8Array)
  if (value instanceof DataView) return keepAll('', new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
  return value instanceof ArrayBuffer ? Array.from(new Uint8Array(value)) : value
}

function fieldsOf(error: Error): object {
  const { name, message, cause } = error
  return Object.assign({ name, message }, cause === undefined ? {} : { cause }, error)
}
