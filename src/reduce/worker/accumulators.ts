import { types } from 'node:util'

import { stepFailure } from '../../task/task-call.ts'
import type { ClassRegistry } from '../../wire/codec/class-registry.ts'
import { decode } from '../../wire/codec/decode.ts'
import { Encoder } from '../../wire/codec/encoder.ts'
import { pathTo } from '../../wire/codec/path.ts'
import type { Encoded } from '../../wire/codec/special.ts'
import { Unsendable } from '../../wire/codec/unsendable.ts'
import { deserialize, serialize } from '../../wire/protocol/v8-bytes.ts'
import type { Packed } from './messages.ts'

/** Packs accumulators, and copies them. */
export class Accumulators {
  readonly #classes: ClassRegistry | undefined
  /** Undefined if nothing is copied. */
  readonly #encoder: Encoder | undefined

  constructor(classes: ClassRegistry | undefined, copies: boolean) {
    this.#classes = classes
    this.#encoder = copies ? new Encoder({ classes }) : undefined
  }

  /** True if accumulators can be copied. */
  get copies(): boolean {
    return this.#encoder !== undefined
  }

  /** @throws {TaskStepFailure} of the part `accumulator`, for one that cannot be sent. */
  pack(value: unknown): Packed {
    if (this.#encoder === undefined || !isObject(value)) return { value }
    if (isPlainTable(value)) return { bytes: bytesOf({ value, specials: undefined, bytes: 0 }) }
    return { bytes: bytesOf(this.#encode(this.#encoder, value)) }
  }

  unpack(packed: Packed): unknown {
    return unpack(packed, this.#classes)
  }

  /** Returns a copy; the value itself if nothing is copied. */
  copy(value: unknown): unknown {
    if (this.#encoder === undefined || !isObject(value)) return value
    const { value: copy, specials } = this.#encode(this.#encoder, value)
    return decode(copy, specials, { classes: this.#classes })
  }

  #encode(encoder: Encoder, value: unknown): Encoded {
    try {
      const encoded = encoder.encode(value)
      encoder.takeTransfer()
      return encoded
    } catch (error) {
      if (!Unsendable.is(error)) throw error
      const state = { path: pathTo(value, error.offender, 'accumulator'), reason: error.reason }
      throw stepFailure({ step: 'accumulator', thrown: new TypeError(`${state.path} ${state.reason}`), state })
    }
  }
}

/** Makes bytes of an encoded value. */
export function bytesOf({ value, specials }: Encoded): Uint8Array {
  const bytes = serialize({ value, specials })
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Returns the value of a packed accumulator. */
export function unpack(packed: Packed, classes: ClassRegistry | undefined): unknown {
  if ('value' in packed) return packed.value
  const { value, specials } = deserialize(packed.bytes) as Encoded
  return decode(value, specials, { classes })
}

/**
 * Returns true for a Map or Set that V8 serialises as it is: it holds plain values and nothing else. Large accumulators are
 * such more often than not, and to copy them first would take as long again.
 */
function isPlainTable(value: unknown): boolean {
  const isMap = value instanceof Map && types.isMap(value) && Object.getPrototypeOf(value) === Map.prototype
  const isSet = value instanceof Set && types.isSet(value) && Object.getPrototypeOf(value) === Set.prototype
  if ((!isMap && !isSet) || Reflect.ownKeys(value).length > 0) return false
  for (const [key, member] of (value as Map<unknown, unknown> | Set<unknown>).entries())
    if (isObject(key) || isObject(member)) return false
  return true
}

/** Functions and symbols count: they are refused as objects are copied. */
export function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' || typeof value === 'symbol'
}
