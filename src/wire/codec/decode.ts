import { messageOf } from '../../util/message-of.ts'
import { FileInput } from '../values/file-input.ts'
import type { ClassRegistry } from './class-registry.ts'
import { emptyError, fillError } from './error-envelope.ts'
import { symbolOfName } from './read-object.ts'
import type { Member, Special } from './special.ts'

/** Finds the classes and functions that special parts refer to. */
export interface DecodeContext {
  readonly classes?: Pick<ClassRegistry, 'named'> | undefined
  /** Finds the function with a number, for values that may hold functions. */
  readonly functions?: ((id: number) => unknown) | undefined
  /** Makes data for a hash: hidden members are visible. */
  readonly forHash?: boolean | undefined
}

/** A special and the part that was made of it, while its value is put together. */
type Made = Special & { made?: unknown }

/** Puts the special parts of a value in their places and returns the value. The inverse of `Encoder.encode`. */
export function decode(value: unknown, specials: readonly Special[] | undefined, context: DecodeContext = {}): unknown {
  if (specials === undefined) return value
  let root = value
  for (const special of specials as readonly Made[]) special.made = shell(special)
  for (const special of specials as readonly Made[]) {
    if (special[0] === 'member') {
      const [, holder, key, member] = special
      if (context.forHash) Object.defineProperty(holder, `\0${key}`, { value: member, enumerable: true })
      else defineMember(holder, key, member, context)
      continue
    }
    if (special[0] === 'bare') {
      Object.setPrototypeOf(special[1], null)
      continue
    }
    const part = complete(special, context)
    const [, holder, key] = special
    if (holder === null) root = part
    else if (key === '__proto__')
      Object.defineProperty(holder, key, { value: part, writable: true, enumerable: true, configurable: true })
    else (holder as Record<PropertyKey, unknown>)[key] = part
  }
  return root
}

/** Makes the parts that can exist before their contents, for contents that refer back to them. */
function shell(special: Special): unknown {
  switch (special[0]) {
    case 'map':
      return new Map()
    case 'set':
      return new Set()
    case 'error':
      return emptyError(special[3])
    default:
      return undefined
  }
}

function complete(special: Made, context: DecodeContext): unknown {
  switch (special[0]) {
    case 'buffer': {
      const bytes = special[3]
      return (special.made = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    }
    case 'url':
      return (special.made = new URL(special[3]))
    case 'file':
      return (special.made = new FileInput(special[3]))
    case 'error':
      fillError(special.made as Error, special[3])
      return special.made
    case 'map': {
      const map = special.made as Map<unknown, unknown>
      const entries = special[3]
      for (let i = 0; i < entries.length; i += 2) map.set(entries[i], entries[i + 1])
      return map
    }
    case 'set': {
      const set = special.made as Set<unknown>
      for (const member of special[3]) set.add(member)
      return set
    }
    case 'class':
      return (special.made = instanceOf(special[3].name, special[3].value, context))
    case 'function':
      return (special.made = functionOf(special[3], context))
    case 'prototype':
      return (functionOf(special[3], context) as { prototype: unknown }).prototype
    case 'weak':
      if (context.forHash) return (special.made = special[3])
      return (special.made = special[3] === 'WeakMap' ? new WeakMap() : new WeakSet())
    case 'again':
      return (special[3] as Made).made
    case 'bare':
    case 'member':
      return undefined
  }
}

function instanceOf(name: string, data: unknown, context: DecodeContext): unknown {
  const codec = context.classes?.named(name)
  if (codec === undefined)
    throw new TypeError(`no class is registered as "${name}" here; call registerClass() before the run`)
  try {
    return codec.decode(data)
  } catch (cause) {
    throw new TypeError(`holds an instance of "${name}" that cannot be decoded: ${messageOf(cause)}`, { cause })
  }
}

function functionOf(id: number, context: DecodeContext): unknown {
  if (context.functions === undefined) throw new TypeError('functions inside values are not accepted here')
  return context.functions(id)
}

function defineMember(holder: object, key: string, member: Member, context: DecodeContext): void {
  const { symbol, enumerable, configurable, writable, value, get = -1, set = -1 } = member
  const descriptor: PropertyDescriptor = { enumerable, configurable }
  if (writable !== undefined) Object.assign(descriptor, { writable, value })
  if (get >= 0) descriptor.get = functionOf(get, context) as () => unknown
  if (set >= 0) descriptor.set = functionOf(set, context) as (value: unknown) => void
  Object.defineProperty(holder, symbol ? symbolOfName(key) : key, descriptor)
}
