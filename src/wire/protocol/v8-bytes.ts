import { Deserializer, Serializer } from 'node:v8'

import { inOwnRealm } from '../codec/own-realm.ts'

/**
 * Serialises a value in V8's format.
 *
 * Uses the plain serialiser, not `v8.serialize`, whose result arrives as views of one big buffer, which would alias
 * items.
 */
export function serialize(value: unknown): Buffer {
  const serializer = new Serializer()
  serializer.writeHeader()
  serializer.writeValue(value)
  return serializer.releaseBuffer()
}

/** The inverse of `serialize`. Throws if the bytes are not a value. Untrusted bytes must have passed `inspectBytes`. */
export function deserialize(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes)
  deserializer.readHeader()
  return inOwnRealm(deserializer.readValue())
}

/** Limits of an untrusted message. */
export interface ByteLimits {
  /** The deepest nesting of values. */
  readonly depth: number
  /** The length that a sparse array may claim: a few bytes are enough to claim any length. */
  readonly sparseLength: number
}

const BYTE_LIMITS: ByteLimits = { depth: 4_000, sparseLength: 2 ** 25 }

/** The oldest supported version of V8's format (the first in which views have flags), and the newest. */
const OLDEST = 14
const NEWEST = 15

const code = (character: string): number => character.charCodeAt(0)
const [UNDEFINED, NULL, TRUE, FALSE, HOLE] = ['_', '0', 'T', 'F', '-'].map(code)
const [BOXED_TRUE, BOXED_FALSE] = ['y', 'x'].map(code)
const [INT, UINT, REFERENCE] = ['I', 'U', '^'].map(code)
const [DOUBLE, DATE, BOXED_NUMBER] = ['N', 'D', 'n'].map(code)
const [BIGINT, BOXED_BIGINT] = ['Z', 'z'].map(code)
const [ONE_BYTE, TWO_BYTE, UTF8] = ['"', 'c', 'S'].map(code)
const [BOXED_STRING, REGEXP] = ['s', 'R'].map(code)
const [OBJECT, DENSE, SPARSE, MAP, SET] = ['o', 'A', 'a', ';', "'"].map(code)
const [OBJECT_END, DENSE_END, SPARSE_END, MAP_END, SET_END] = ['{', '$', '@', ':', ','].map(code)
const [BUFFER, VIEW] = ['B', 'V'].map(code)
const PADDING = 0

/** Thrown for bytes that must not be decoded. */
class Refused extends Error {}

/**
 * Checks untrusted bytes in the format of `serialize` before they are decoded.
 *
 * Returns the reason why they must not be decoded: they are not a value, nest too deeply, claim lengths that they do
 * not have, or hold types that are never sent. Returns undefined if they may be. Takes about as long as decoding; runs
 * of numbers cost nothing.
 */
export function inspectBytes(bytes: Uint8Array, limits: ByteLimits = BYTE_LIMITS): string | undefined {
  try {
    new Inspection(bytes, limits).run()
    return undefined
  } catch (error) {
    if (error instanceof Refused) return error.message
    throw error
  }
}

class Inspection {
  readonly #bytes: Uint8Array
  readonly #limits: ByteLimits
  #offset = 0
  #references = 0
  /** The tag that ends each open value, outermost first. */
  readonly #open: number[] = []
  /** The number of elements that precede the properties of each open value. */
  readonly #elements: number[] = []

  constructor(bytes: Uint8Array, limits: ByteLimits) {
    this.#bytes = bytes
    this.#limits = limits
  }

  run(): void {
    if (this.#byte() !== 0xff) throw new Refused('not a serialised value')
    const version = this.#varint()
    if (version < OLDEST || version > NEWEST) throw new Refused(`unsupported version ${version} of the format`)
    this.#value()
    while (this.#open.length > 0) this.#step()
    if (this.#offset !== this.#bytes.length) throw new Refused('something follows the value')
  }

  /** Reads one more value of the innermost open one, or its end. */
  #step(): void {
    const top = this.#open.length - 1
    if ((this.#elements[top] as number) > 0) {
      this.#elements[top] = (this.#elements[top] as number) - 1
      return this.#value()
    }
    const end = this.#open[top] as number
    if (this.#peek() !== end) return this.#value()
    this.#offset++
    this.#open.pop()
    this.#elements.pop()
    this.#varint()
    if (end === DENSE_END) this.#varint()
    else if (end === SPARSE_END && this.#varint() > this.#limits.sparseLength) throw new Refused('an array is too long')
  }

  #value(): void {
    const tag = this.#byte()
    switch (tag) {
      case UNDEFINED:
      case NULL:
      case TRUE:
      case FALSE:
      case HOLE:
        return
      case INT:
      case UINT:
        return void this.#varint()
      case DOUBLE:
        return this.#skip(8)
      case BIGINT:
        return this.#bigint()
      case ONE_BYTE:
      case TWO_BYTE:
      case UTF8:
        return this.#skip(this.#varint())
      case REFERENCE:
        if (this.#varint() >= this.#references) throw new Refused('invalid reference')
        return this.#view()
      default:
        this.#references++
        return this.#object(tag)
    }
  }

  #object(tag: number): void {
    switch (tag) {
      case BOXED_TRUE:
      case BOXED_FALSE:
        return
      case DATE:
      case BOXED_NUMBER:
        return this.#skip(8)
      case BOXED_BIGINT:
        return this.#bigint()
      case BOXED_STRING:
        return this.#string()
      case REGEXP:
        this.#string()
        return void this.#varint()
      case BUFFER:
        this.#skip(this.#varint())
        return this.#view()
      case OBJECT:
        return this.#enter(OBJECT_END as number, 0)
      case DENSE:
        return this.#enter(DENSE_END as number, this.#length())
      case SPARSE:
        if (this.#varint() > this.#limits.sparseLength) throw new Refused('an array is too long')
        return this.#enter(SPARSE_END as number, 0)
      case MAP:
        return this.#enter(MAP_END as number, 0)
      case SET:
        return this.#enter(SET_END as number, 0)
      default:
        throw new Refused(`unknown kind of value (${tag})`)
    }
  }

  #enter(end: number, elements: number): void {
    if (this.#open.length >= this.#limits.depth) throw new Refused('nested too deeply')
    this.#open.push(end)
    this.#elements.push(elements)
  }

  /** Reads a length. Each element takes at least one byte. */
  #length(): number {
    const length = this.#varint()
    if (length > this.#bytes.length - this.#offset) throw new Refused('an array is longer than the rest of the message')
    return length
  }

  /** Reads a view. It stands right after its buffer, or after a reference to it. */
  #view(): void {
    if (this.#offset >= this.#bytes.length || this.#bytes[this.#offset] !== VIEW) return
    this.#offset++
    this.#references++
    this.#skip(1)
    for (let field = 0; field < 3; field++) this.#varint()
  }

  #bigint(): void {
    this.#skip(this.#varint() >>> 1)
  }

  #string(): void {
    const tag = this.#byte()
    if (tag !== ONE_BYTE && tag !== TWO_BYTE && tag !== UTF8) throw new Refused('a string is missing')
    this.#skip(this.#varint())
  }

  #peek(): number {
    while (this.#bytes[this.#offset] === PADDING) this.#offset++
    return this.#bytes[this.#offset] ?? -1
  }

  #byte(): number {
    const byte = this.#peek()
    if (byte < 0) throw new Refused('unexpected end')
    this.#offset++
    return byte
  }

  #skip(count: number): void {
    this.#offset += count
    if (this.#offset > this.#bytes.length) throw new Refused('unexpected end')
  }

  #varint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#offset++]
      if (byte === undefined) throw new Refused('unexpected end')
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new Refused('a number is too long')
  }
}
