import { types } from 'node:util'

import { Shaping } from '../shapes/shaping.ts'
import { isDetached, isMoved, MOVED_BEFORE, toShared } from '../values/buffers.ts'
import { isFileInput } from '../values/file-input.ts'
import { type Copier, type LargeCopies, largeCopier } from './buffer-pool.ts'
import type { ClassCodec, ClassRegistry } from './class-registry.ts'
import { copyBinary, copyBuffer, isIntrinsicView } from './copy-binary.ts'
import { envelopeOf } from './error-envelope.ts'
import { isSentExactly } from './exact-objects.ts'
import { isNamed, isPlainOfOtherRealm, symbolKeys, readOrRefuse, readProperty, nameOfSymbol } from './read-object.ts'
import { SpecialList, type ClassPayload, type Encoded, type Holder, type Member, type Special } from './special.ts'
import { asUnsendable, Unsendable, whyUnsendable } from './unsendable.ts'

/** Deeper values would overflow the stack of the native serialiser on the other side. */
const MAX_DEPTH = 2_000
/** Errors are only read by people: deeper parts are left out. */
const LENIENT_DEPTH = 200
/** The approximate size of a special without its contents. */
const SPECIAL_BYTES = 16

/** Options of an {@link Encoder}. */
export interface EncoderOptions {
  /** Classes whose instances may be sent. */
  readonly classes?: ClassRegistry | undefined
  /** The other side can reach shared memory: it is passed, not copied. */
  readonly sharedMemory?: boolean
  /** The largest value that can be sent in one piece, in bytes. */
  readonly maxBytes?: number | undefined
  /** How large arrays are copied. Absent: like small ones. */
  readonly largeCopies?: LargeCopies | undefined
  /** Copies bytes instead. */
  readonly copier?: Copier | undefined
  /** Typed arrays from this size on, in bytes, are put into shared memory. */
  readonly shareFrom?: number | undefined
  /** Replaces parts that cannot be sent by texts that say so, instead of failing. Used for errors. */
  readonly lenient?: boolean
  /** Rewrites the stacks of errors. */
  readonly mapStack?: ((stack: string) => string) | undefined
  /**
   * Gives functions inside values a number. Without it functions cannot be sent. With it accessors of literals can be,
   * too.
   */
  readonly functions?: ((fn: (...args: never[]) => unknown) => number) | undefined
  /** Returns true for a weak collection that may be sent without its contents. */
  readonly weak?: ((collection: object) => boolean) | undefined
  /** Finds objects that are sent by reference, although they are no functions. */
  readonly objects?: ((value: object) => ObjectReference | undefined) | undefined
}

/** An object that the other side has, too: a part of the runtime, or the `prototype` of a function. */
export type ObjectReference = readonly ['function' | 'prototype', id: number]

/**
 * Copies values into plain data that structured clone can carry, each on its own, at the moment of the call.
 *
 * Structured clone alone would not do: a batch cloned as one message would alias objects between items, and instances
 * would silently lose their class. Costs about 1 µs per KB of small objects.
 *
 * @throws {Unsendable} for a value that cannot be sent.
 */
export class Encoder {
  readonly #options: EncoderOptions
  /** The largest value that can be sent in one piece, in bytes. */
  readonly maxBytes: number
  /** Decides which columns of values are written by shape instead. */
  readonly shaping: Shaping = new Shaping()
  readonly #maxDepth: number
  /** Original to copy, for the value being encoded: preserves cycles and shared parts. */
  #seen = new Map<object, unknown>()
  readonly #specials = new SpecialList()
  #transfer: unknown[] | undefined
  readonly #copier: Copier | undefined
  #bytes = 0
  #depth = 0
  #moving = false

  constructor(options: EncoderOptions = {}) {
    this.#options = options
    this.maxBytes = options.maxBytes ?? Infinity
    this.#copier = options.copier ?? largeCopier(options.largeCopies)
    this.#maxDepth = this.#options.lenient ? LENIENT_DEPTH : MAX_DEPTH
  }

  /** Returns the buffers of moved values since the last call, to be transferred with the message. */
  takeTransfer(): unknown[] | undefined {
    const transfer = this.#transfer
    this.#transfer = undefined
    return transfer
  }

  /** Encodes one value; it shares nothing with any other. */
  encode(value: unknown): Encoded {
    this.#bytes = 0
    this.#depth = 0
    this.#copier?.begin()
    try {
      const copy = this.#any(value, null, '')
      if (this.#bytes > this.maxBytes) throw new Unsendable(value, 'is too large', this.maxBytes)
      return {
        value: copy,
        specials: this.#specials.all,
        bytes: this.#bytes,
        lease: this.#copier?.lease,
        isPassed: this.#copier?.hasPassed === true,
      }
    } catch (error) {
      this.#transfer = undefined
      throw asUnsendable(error, value)
    } finally {
      this.#specials.clear()
      this.#moving = false
      // A new Map, not `clear()`: V8's old table would hold what was in it, and all tables after it, until a full collection.
      if (this.#seen.size > 0) this.#seen = new Map()
    }
  }

  #any(value: unknown, holder: Holder, key: PropertyKey): unknown {
    switch (typeof value) {
      case 'object':
        return value === null ? null : this.#object(value, holder, key)
      case 'string':
        this.#bytes += value.length + 8
        return value
      case 'function':
        return this.#function(value as (...args: never[]) => unknown, holder, key)
      case 'symbol':
        return this.#refuse(value)
      default:
        this.#bytes += 8
        return value
    }
  }

  #refuse(value: unknown, reason: string = whyUnsendable(value)): string {
    if (this.#options.lenient) return `[uncloneable: ${reason}]`
    throw new Unsendable(value, reason)
  }

  #object(value: object, holder: Holder, key: PropertyKey): unknown {
    const known = this.#seen.get(value)
    if (known !== undefined) return known
    const special = this.#specials.of(value)
    if (special !== undefined) return this.#again(value, special, holder, key)
    const reference = this.#options.objects?.(value)
    if (reference !== undefined) return this.#add([reference[0], holder, key, reference[1]])
    if (this.#depth === this.#maxDepth) return this.#refuse(value, `is nested more than ${this.#maxDepth} levels deep`)
    // A copy of its data would lose its behaviour.
    if (types.isProxy(value) && !this.#options.lenient)
      return this.#refuse(value, 'is a Proxy; send a copy of its data')
    this.#depth++
    const prototype = Object.getPrototypeOf(value) as object | null
    const copy =
      prototype === Object.prototype || prototype === null
        ? this.#record(value as Record<string, unknown>, prototype === null)
        : prototype === Array.prototype
          ? this.#array(value as unknown[])
          : this.#exotic(value, prototype, holder, key)
    this.#depth--
    return copy
  }

  #record(record: Record<string, unknown>, bare: boolean): object {
    const copy: Record<string, unknown> = {}
    if (bare) this.#add(['bare', copy, ''])
    this.#seen.set(record, copy)
    const wasMoving = this.#moving
    if (isMoved(record)) this.#moving = true
    if (this.#options.functions !== undefined && isSentExactly(record)) this.#allMembers(record, copy)
    else {
      const keys = Object.keys(record)
      for (let i = 0; i < keys.length; i++) this.#property(record, keys[i] as string, copy)
      for (const symbol of symbolKeys(record)) this.#symbolProperty(record, symbol, copy)
    }
    this.#moving = wasMoving
    return copy
  }

  #property(from: Record<string, unknown>, key: string, to: Record<string, unknown>): void {
    this.#bytes += key.length + 4
    if (this.#options.functions !== undefined && this.#accessor(from, key, to)) return
    const value = this.#any(this.#options.lenient ? readProperty(from, key) : readOrRefuse(from, key), to, key)
    // Assigning to `__proto__` would set the prototype.
    if (key === '__proto__')
      Object.defineProperty(to, key, { value, writable: true, enumerable: true, configurable: true })
    else to[key] = value
  }

  /**
   * Encodes a property whose key is a symbol. Supported only in literals that a function captures: code on both sides
   * shares the symbol.
   */
  #symbolProperty(from: object, symbol: symbol, to: object): void {
    if (this.#options.functions === undefined) return void this.#refuse(from, 'has a symbol as key')
    this.#member(from, symbol, Object.getOwnPropertyDescriptor(from, symbol) as PropertyDescriptor, to)
  }

  #accessor(from: object, key: string, to: object): boolean {
    const descriptor = Object.getOwnPropertyDescriptor(from, key)
    if (descriptor === undefined || (descriptor.get === undefined && descriptor.set === undefined)) return false
    this.#member(from, key, descriptor, to)
    return true
  }

  #allMembers(from: Record<string, unknown>, to: Record<string, unknown>): void {
    for (const key of Reflect.ownKeys(from)) {
      const descriptor = Object.getOwnPropertyDescriptor(from, key) as PropertyDescriptor
      const { enumerable, configurable, writable } = descriptor
      if (typeof key === 'string' && enumerable && configurable && writable) this.#property(from, key, to)
      else this.#member(from, key, descriptor, to)
    }
  }

  /** Encodes a property by its descriptor. */
  #member(from: object, key: string | symbol, descriptor: PropertyDescriptor, to: object): void {
    const name = typeof key === 'symbol' ? nameOfSymbol(key) : key
    if (name === undefined) return void this.#refuse(from, 'has a symbol as key')
    const { enumerable = false, configurable = false, writable, get, set } = descriptor
    const member: Member = { symbol: typeof key === 'symbol', enumerable, configurable }
    if (writable !== undefined) Object.assign(member, { writable, value: this.#any(descriptor.value, member, 'value') })
    else Object.assign(member, { get: this.#numberOf(get), set: this.#numberOf(set) })
    this.#add(['member', to, name, member])
  }

  #numberOf(fn: ((...args: never[]) => unknown) | undefined): number {
    return fn === undefined ? -1 : (this.#options.functions?.(fn) ?? -1)
  }

  #array(array: unknown[]): unknown[] {
    const length = array.length
    const keys = Object.keys(array)
    if (keys.length !== length) return this.#unevenArray(array, keys)
    const copy: unknown[] = new Array(length)
    this.#seen.set(array, copy)
    this.#bytes += length * 8
    // The array of captured values grows while it is encoded: functions found on the way add theirs.
    for (let i = 0; i < array.length; i++) {
      const item = array[i]
      // As many keys as items, yet one item is missing: a named property took the place of a hole.
      if (item === undefined && !(i in array)) return this.#unevenArray(array, keys)
      copy[i] = typeof item === 'number' ? item : this.#any(item, copy, i)
    }
    return copy
  }

  /** Encodes an array with holes or named properties, such as a regular expression's match. */
  #unevenArray(array: unknown[], keys: string[]): unknown[] {
    const copy: unknown[] = []
    copy.length = array.length
    this.#seen.set(array, copy)
    for (const key of keys)
      this.#property(array as unknown as Record<string, unknown>, key, copy as unknown as Record<string, unknown>)
    return copy
  }

  #exotic(value: object, prototype: object, holder: Holder, key: PropertyKey): unknown {
    const codec = this.#options.classes?.ofInstance(prototype)
    if (codec !== undefined) return this.#instance(value, codec, holder, key)
    if (ArrayBuffer.isView(value)) return this.#view(value, holder, key)
    if (types.isAnyArrayBuffer(value)) return this.#buffer(value)
    if (types.isDate(value) && isNamed(prototype, 'Date')) return this.#keep(value, new Date(value.getTime()))
    if (types.isRegExp(value) && isNamed(prototype, 'RegExp')) return this.#keep(value, value)
    if (types.isBoxedPrimitive(value) && !types.isSymbolObject(value)) return this.#keep(value, value)
    if (types.isMap(value) && isNamed(prototype, 'Map')) return this.#map(value, holder, key)
    if (types.isSet(value) && isNamed(prototype, 'Set')) return this.#set(value, holder, key)
    if (types.isNativeError(value) || value instanceof Error) return this.#error(value, holder, key)
    if (value instanceof URL) return this.#add(['url', holder, key, value.href])
    if (isFileInput(value)) return this.#add(['file', holder, key, value.path])
    if (isMoved(value)) return this.#movedHandle(value)
    if (types.isWeakMap(value) || types.isWeakSet(value)) return this.#weak(value, holder, key)
    if (isPlainOfOtherRealm(value, prototype)) return this.#record(value as Record<string, unknown>, false)
    if (Array.isArray(value) && isNamed(prototype, 'Array')) return this.#array(value)
    return this.#refuse(value)
  }

  #keep(value: object, copy: object): object {
    this.#seen.set(value, copy)
    this.#bytes += 16
    return copy
  }

  #map(map: ReadonlyMap<unknown, unknown>, holder: Holder, key: PropertyKey): unknown {
    const entries: unknown[] = []
    const special = this.#specials.begin(map, ['map', holder, key, entries])
    for (const [k, v] of map) {
      entries.push(this.#any(k, entries, entries.length))
      entries.push(this.#any(v, entries, entries.length))
    }
    return this.#end(special)
  }

  #set(set: ReadonlySet<unknown>, holder: Holder, key: PropertyKey): unknown {
    const members: unknown[] = []
    const special = this.#specials.begin(set, ['set', holder, key, members])
    for (const member of set) members.push(this.#any(member, members, members.length))
    return this.#end(special)
  }

  #weak(collection: object, holder: Holder, key: PropertyKey): unknown {
    if (this.#options.weak?.(collection) !== true) return this.#refuse(collection)
    return this.#add(['weak', holder, key, types.isWeakMap(collection) ? 'WeakMap' : 'WeakSet'], collection)
  }

  #error(error: Error, holder: Holder, key: PropertyKey): unknown {
    const { envelope, fields } = envelopeOf(error, this.#options.mapStack)
    const special = this.#specials.begin(error, ['error', holder, key, envelope])
    for (const [name, value] of fields) envelope.fields[name] = this.#any(value, envelope.fields, name)
    this.#bytes += envelope.message.length + (envelope.stack?.length ?? 0)
    return this.#end(special)
  }

  #instance(value: object, codec: ClassCodec, holder: Holder, key: PropertyKey): unknown {
    const payload: ClassPayload = { name: codec.name, value: undefined }
    const special = this.#specials.begin(value, ['class', holder, key, payload])
    payload.value = this.#any(codec.encode(value), payload, 'value')
    return this.#end(special)
  }

  #view(view: ArrayBufferView, holder: Holder, key: PropertyKey): unknown {
    if (!isIntrinsicView(view)) return this.#refuse(view)
    const { sharedMemory, shareFrom = Infinity } = this.#options
    // Shared memory is not copied, so it adds no bytes.
    if (types.isSharedArrayBuffer(view.buffer) && sharedMemory) return view
    if (view.byteLength >= shareFrom && sharedMemory && !types.isDataView(view)) return this.#keep(view, toShared(view))
    this.#bytes += view.byteLength
    const isWhole = types.isArrayBuffer(view.buffer) && view.byteLength === view.buffer.byteLength
    const moved = isWhole && (this.#moving || isMoved(view) || isMoved(view.buffer))
    if (moved && isDetached(view.buffer)) return this.#refuse(view, MOVED_BEFORE)
    if (moved && !this.#transfer?.includes(view.buffer)) (this.#transfer ??= []).push(view.buffer)
    const copy = moved ? view : copyBinary(view, this.#seen, this.#copier)
    if (!Buffer.isBuffer(view)) return this.#keep(view, copy)
    return this.#add(['buffer', holder, key, copy as Uint8Array], view)
  }

  #buffer(buffer: ArrayBufferLike): unknown {
    this.#bytes += buffer.byteLength
    if (types.isSharedArrayBuffer(buffer)) {
      return this.#keep(buffer, this.#options.sharedMemory ? buffer : new Uint8Array(new Uint8Array(buffer)).buffer)
    }
    if (this.#moving || isMoved(buffer)) return this.#movedHandle(buffer)
    return this.#keep(buffer, copyBuffer(buffer, this.#copier))
  }

  /**
   * Passes a transferable that the user marked: a buffer, a MessagePort, a stream. The transport refuses it if it
   * cannot.
   */
  #movedHandle(value: object): object {
    if (isDetached(value)) return this.#refuse(value, MOVED_BEFORE) as unknown as object
    if (!this.#transfer?.includes(value)) (this.#transfer ??= []).push(value)
    return this.#keep(value, value)
  }

  #function(fn: (...args: never[]) => unknown, holder: Holder, key: PropertyKey): unknown {
    if (this.#options.functions === undefined) return this.#refuse(fn)
    return this.#add(['function', holder, key, this.#options.functions(fn)])
  }

  #end(special: Special): undefined {
    this.#specials.end(special)
    this.#bytes += SPECIAL_BYTES
  }

  #again(original: object, special: Special, holder: Holder, key: PropertyKey): undefined | string {
    if (special[0] === 'class' && this.#specials.isOpen(special))
      return this.#refuse(original, 'refers to itself, which a registered class cannot')
    return this.#add(['again', holder, key, special])
  }

  #add(special: Special, original?: object): undefined {
    this.#specials.add(special, original)
    this.#bytes += SPECIAL_BYTES
  }
}
