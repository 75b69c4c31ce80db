import { isSentExactly } from './exact-objects.ts'

/** Longer paths, in characters, are cut off: no one would read them. */
const MAX_LENGTH = 200

/** Finds the position of an offending part inside a value, as text: `result.items[3].fn`. */
export function pathTo(root: unknown, offender: unknown, name: string): string {
  const path = find(root, offender, name)
  if (path.length <= MAX_LENGTH) return path
  return `${path.slice(0, MAX_LENGTH / 2)}…${path.slice(-MAX_LENGTH / 2)}`
}

function find(root: unknown, offender: unknown, name: string): string {
  try {
    return search(root, offender, name, new Set()) ?? name
  } catch {
    // The value is nested too deeply, or cannot be read.
    return name
  }
}

function search(value: unknown, offender: unknown, path: string, seen: Set<unknown>): string | undefined {
  if (Object.is(value, offender)) return path
  if (typeof value !== 'object' || value === null || seen.has(value) || seen.size > 1_000_000) return undefined
  seen.add(value)
  for (const [step, child] of children(value)) {
    const found = search(child, offender, path + step, seen)
    if (found !== undefined) return found
  }
  return undefined
}

function* children(value: object): Generator<[string, unknown]> {
  if (ArrayBuffer.isView(value)) return
  if (value instanceof Map) {
    for (const [key, child] of value) {
      yield [`.get(${typeof key === 'string' ? JSON.stringify(key) : typeof key})`, child]
      yield ['.keys()', key]
    }
  } else if (value instanceof Set) {
    for (const child of value) yield ['.values()', child]
  }
  if (isSentExactly(value)) yield* members(value)
  else for (const key of Object.keys(value)) yield [stepOf(value, key), read(value, key)]
  if (value instanceof Error) yield ['.cause', value.cause]
}

function* members(value: object): Generator<[string, unknown]> {
  for (const key of Reflect.ownKeys(value)) {
    const { value: child, get, set } = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor
    const step = typeof key === 'symbol' ? `[${String(key)}]` : stepOf(value, key)
    yield [step, child ?? get]
    if (set !== undefined) yield [step, set]
  }
}

function stepOf(value: object, key: string): string {
  if (Array.isArray(value) && /^\d+$/.test(key)) return `[${key}]`
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key]
  } catch {
    return undefined
  }
}
