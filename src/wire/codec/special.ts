import type { BufferLease } from './buffer-pool.ts'

/**
 * A part of an encoded value that structured clone cannot carry as it is. The receiver puts the real part in its place.
 *
 * `holder` and `key` say where it belongs; a `null` holder is the value itself. Holders keep their identity, because
 * they travel in the same message. A special follows the specials that it contains; only `again` may point at one that
 * is not complete yet.
 */
export type Special =
  | readonly [kind: 'buffer', holder: Holder, key: PropertyKey, bytes: Uint8Array]
  | readonly [kind: 'url', holder: Holder, key: PropertyKey, href: string]
  | readonly [kind: 'file', holder: Holder, key: PropertyKey, path: string]
  | readonly [kind: 'error', holder: Holder, key: PropertyKey, envelope: ErrorEnvelope]
  | readonly [kind: 'map', holder: Holder, key: PropertyKey, entries: unknown[]]
  | readonly [kind: 'set', holder: Holder, key: PropertyKey, members: unknown[]]
  | readonly [kind: 'class', holder: Holder, key: PropertyKey, payload: ClassPayload]
  | readonly [kind: 'function', holder: Holder, key: PropertyKey, id: number]
  | readonly [kind: 'member', holder: object, key: string, member: Member]
  /** The object that instances of a function inherit from: its `prototype`. */
  | readonly [kind: 'prototype', holder: Holder, key: PropertyKey, id: number]
  /** Sent empty: its keys are objects of the sender. */
  | readonly [kind: 'weak', holder: Holder, key: PropertyKey, type: 'WeakMap' | 'WeakSet']
  | readonly [kind: 'bare', holder: object, key: '']
  | readonly [kind: 'again', holder: Holder, key: PropertyKey, special: Special]

export type Holder = object | null

/** A property that assignment cannot make: hidden, read-only, an accessor, or with a symbol as key. */
export interface Member {
  /** The key names a symbol. */
  readonly symbol: boolean
  readonly enumerable: boolean
  readonly configurable: boolean
  /** Missing for an accessor. */
  readonly writable?: boolean
  value?: unknown
  /** The numbers of the functions of an accessor; -1 for a missing one. */
  get?: number
  set?: number
}

/** An instance of a registered class: the class's name, and in `value` what its `encode` made of the instance. */
export interface ClassPayload {
  readonly name: string
  value: unknown
}

/** An Error in parts: no runtime can clone all of them. */
export interface ErrorEnvelope {
  /** The nearest built-in class. */
  readonly type: string
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** Own fields, `cause` and `errors` among them. */
  readonly fields: Record<string, unknown>
}

/** A value ready to be sent: plain data, and the special parts to be put into it on arrival. */
export interface Encoded {
  readonly value: unknown
  readonly specials: readonly Special[] | undefined
  /** The approximate size on the wire, in bytes. */
  readonly bytes: number
  /** The pooled buffers that it uses, to be released when it will not be sent any more. */
  readonly lease?: BufferLease | undefined
  /** Parts of it are the value's own memory: it has to be sent before any other code runs. */
  readonly isPassed?: boolean
}

/** The special parts of one value, in the order in which they are put back. */
export class SpecialList {
  /** Original to its special: the copy is made on arrival. */
  #ofOriginal = new Map<object, Special>()
  /** Specials whose contents are being encoded. */
  #open = new Set<Special>()
  #all: Special[] | undefined

  get all(): readonly Special[] | undefined {
    return this.#all
  }

  /** The special of an object that occurred before in this value. */
  of(original: object): Special | undefined {
    return this.#ofOriginal.size === 0 ? undefined : this.#ofOriginal.get(original)
  }

  isOpen(special: Special): boolean {
    return this.#open.has(special)
  }

  /** Adds a special with contents. They can refer back to it from now on. */
  begin(original: object, special: Special): Special {
    this.#ofOriginal.set(original, special)
    this.#open.add(special)
    return special
  }

  /** Ends a special: contents stand before the special that contains them. */
  end(special: Special): void {
    this.#open.delete(special)
    this.add(special)
  }

  add(special: Special, original?: object): void {
    ;(this.#all ??= []).push(special)
    if (original !== undefined) this.#ofOriginal.set(original, special)
  }

  clear(): void {
    this.#all = undefined
    if (this.#ofOriginal.size > 0) this.#ofOriginal = new Map()
    if (this.#open.size > 0) this.#open = new Set()
  }
}
