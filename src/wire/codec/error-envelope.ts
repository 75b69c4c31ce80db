import { inspect } from 'node:util'

import { readProperty } from './read-object.ts'
import type { ErrorEnvelope } from './special.ts'

/** Longer messages and stacks are cut: errors are read by people. */
const MAX_TEXT = 65_536

/** The built-in error classes by name. A table, because a name from the wire must never reach `globalThis`. */
const BUILT_IN: Readonly<Record<string, ErrorConstructor>> = Object.assign(
  Object.create(null) as Record<string, ErrorConstructor>,
  {
    Error,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
  },
)

const STANDARD_FIELDS: ReadonlySet<string> = new Set(['name', 'message', 'stack'])

/** Takes an error apart. `fields` still holds the original values, for the caller to encode into `envelope.fields`. */
export function envelopeOf(
  error: Error,
  mapStack: (stack: string) => string = (stack) => stack,
): { envelope: ErrorEnvelope; fields: [string, unknown][] } {
  const read = (name: string): unknown => readProperty(error as unknown as Record<string, unknown>, name)
  const stack = cut(read('stack'))
  const envelope: ErrorEnvelope = {
    type: builtInTypeOf(error),
    name: cut(read('name')) ?? 'Error',
    message: cut(read('message')) ?? '',
    stack: stack === undefined ? undefined : mapStack(stack),
    fields: Object.create(null) as Record<string, unknown>,
  }
  return { envelope, fields: fieldNames(error).map((name) => [name, read(name)]) }
}

function fieldNames(error: Error): string[] {
  const names = Object.keys(error).filter((name) => !STANDARD_FIELDS.has(name))
  // Own but not enumerable.
  for (const name of ['cause', 'errors', 'code']) {
    if (!names.includes(name) && Object.hasOwn(error, name)) names.push(name)
  }
  // A DOMException has its code on the prototype, as a number.
  return names
}

function builtInTypeOf(error: Error): string {
  if (error instanceof DOMException) return 'DOMException'
  for (
    let p = Object.getPrototypeOf(error) as object | null;
    p !== null;
    p = Object.getPrototypeOf(p) as object | null
  ) {
    const made: unknown = Object.getOwnPropertyDescriptor(p, 'constructor')?.value
    const { name } = (made ?? {}) as { name?: unknown }
    if (typeof name === 'string' && (name in BUILT_IN || name === 'AggregateError') && isBuiltIn(made, p)) return name
  }
  return 'Error'
}

/** Returns true for a built-in class, of this realm or another, and its prototype. */
function isBuiltIn(made: unknown, prototype: object): boolean {
  return (
    typeof made === 'function' &&
    made.prototype === prototype &&
    Function.prototype.toString.call(made).endsWith('{ [native code] }')
  )
}

function cut(text: unknown): string | undefined {
  if (text === undefined || text === null) return undefined
  const string = typeof text === 'string' ? text : describe(text)
  return string.length > MAX_TEXT
    ? `${string.slice(0, MAX_TEXT)}… [${string.length - MAX_TEXT} more characters]`
    : string
}

/** Describes a value that should have been a text. */
function describe(value: unknown): string {
  return inspect(value, { depth: 1, customInspect: false })
}

/** Makes an empty error of the right class; {@link fillError} adds its fields, which may refer back to it. */
export function emptyError(envelope: ErrorEnvelope): Error {
  const error = construct(envelope)
  if (error.name !== envelope.name) define(error, 'name', envelope.name)
  define(error, 'stack', envelope.stack ?? `${envelope.name}: ${envelope.message}`)
  return error
}

export function fillError(error: Error, envelope: ErrorEnvelope): void {
  for (const [name, value] of Object.entries(envelope.fields)) {
    if (name === 'cause' || name === 'errors') define(error, name, value)
    else Object.defineProperty(error, name, { value, writable: true, enumerable: true, configurable: true })
  }
}

function construct(envelope: ErrorEnvelope): Error {
  if (envelope.type === 'AggregateError') return new AggregateError([], envelope.message)
  if (envelope.type === 'DOMException') return new DOMException(envelope.message, envelope.name)
  return new (BUILT_IN[envelope.type] ?? Error)(envelope.message)
}

function define(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, writable: true, enumerable: false, configurable: true })
}
