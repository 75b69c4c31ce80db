import { types } from 'node:util'

import { keysOf } from './shape.ts'
import {
  ARRAY,
  END,
  FALSE,
  LISTED,
  MAX_DEPTH,
  MAX_SHAPES,
  MAX_TEXT,
  NULL,
  NUMBER,
  NUMBERS,
  OBJECT,
  type ShapedValues,
  TABLE,
  TEXT,
  TRUE,
  UNDEFINED,
} from './shaped-values.ts'

/**
 * Reads values that were written by shape. They may come from a stranger: each length is checked before it is used.
 *
 * @throws {Error} if they are not what a `ShapeWriter` writes.
 */
export function readShaped(values: unknown): unknown[] {
  return new ShapeReader(values as ShapedValues).all()
}

class ShapeReader {
  readonly #count: number
  readonly #numbers: Float64Array
  readonly #tags: Uint8Array
  readonly #text: string
  readonly #list: readonly unknown[]
  readonly #shapes: readonly (readonly string[])[]
  #tag = 0
  #number = 0
  #character = 0
  #listed = 0

  constructor(values: ShapedValues) {
    if (!Array.isArray(values)) throw new Error('values by shape are not a list')
    const [count, numbers, bytes, text, list, shapes] = values
    if (!types.isUint8Array(bytes) || typeof text !== 'string' || !Array.isArray(list) || !Array.isArray(shapes))
      throw new Error('values by shape lack a part')
    if (!isCount(numbers) || numbers * 8 > bytes.length) throw new Error('there are fewer numbers than there should be')
    this.#numbers = new Float64Array(bytes.buffer, bytes.byteOffset, numbers)
    this.#tags = bytes.subarray(numbers * 8)
    if (!isCount(count) || count > this.#tags.length) throw new Error('there are fewer values than there should be')
    if (shapes.length > MAX_SHAPES) throw new Error('there are too many shapes')
    this.#count = count
    this.#text = text
    this.#list = list
    this.#shapes = shapes.map(keysOf)
  }

  all(): unknown[] {
    const values = new Array<unknown>(this.#count)
    for (let i = 0; i < values.length; i++) values[i] = this.#value(0)
    if (
      this.#tag !== this.#tags.length ||
      this.#number !== this.#numbers.length ||
      this.#character !== this.#text.length ||
      this.#listed !== this.#list.length
    )
      throw new Error('there is more, or less, than the values')
    return values
  }

  #value(depth: number): unknown {
    const tag = this.#tags[this.#tag++] as number
    if (tag >= TEXT && tag <= TEXT + MAX_TEXT) {
      const from = this.#character
      this.#character = from + tag - TEXT
      return this.#text.substring(from, this.#character)
    }
    switch (tag) {
      case NUMBER:
        return this.#numbers[this.#number++]
      case LISTED:
        return this.#list[this.#listed++]
      case OBJECT:
        return this.#object(depth)
      case ARRAY:
        return this.#array(depth)
      case NUMBERS:
        return this.#numberArray()
      case NULL:
        return null
      case TRUE:
        return true
      case FALSE:
        return false
      case UNDEFINED:
        return undefined
      case TABLE:
        return this.#table(depth)
      default:
        throw new Error(`unknown tag ${tag}`)
    }
  }

  #object(depth: number): object {
    if (depth === MAX_DEPTH) throw new Error('nested too deeply')
    const keys = this.#shapes[this.#tags[this.#tag++] as number]
    if (keys === undefined) throw new Error('an unknown shape')
    const object: Record<string, unknown> = {}
    for (let i = 0; i < keys.length; i++) object[keys[i] as string] = this.#value(depth + 1)
    return object
  }

  #table(depth: number): object {
    if (depth === MAX_DEPTH) throw new Error('nested too deeply')
    this.#tag++
    const values: unknown[] = []
    while (this.#tags[this.#tag] !== END) values.push(this.#value(depth + 1))
    this.#tag++
    const object: Record<string, unknown> = {}
    for (const value of values) {
      const key = this.#value(MAX_DEPTH)
      if (typeof key !== 'string') throw new Error('a key is not a string')
      if (key === '__proto__')
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
      else object[key] = value
    }
    return object
  }

  #array(depth: number): unknown[] {
    if (depth === MAX_DEPTH) throw new Error('nested too deeply')
    // Each item takes a tag.
    const length = this.#length(this.#tags.length - this.#tag)
    const array = new Array<unknown>(length)
    for (let i = 0; i < length; i++) array[i] = this.#value(depth + 1)
    return array
  }

  #numberArray(): number[] {
    const length = this.#length(this.#numbers.length - this.#number - 1)
    const numbers = this.#numbers
    const array = new Array<number>(length)
    for (let i = 0, from = this.#number; i < length; i++) array[i] = numbers[from + i] as number
    this.#number += length
    return array
  }

  /** Reads a length. At most `most` things can follow. */
  #length(most: number): number {
    const length = this.#numbers[this.#number++]
    if (!isCount(length) || length > most) throw new Error('a length is longer than what follows')
    return length
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}
