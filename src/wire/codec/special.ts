import type { Loans } from './copy-memory.ts'

/**
 * A part of an encoded value that structured clone cannot carry as it is. The receiver puts the real thing in its place.
 *
 * `holder` and `key` say where it belongs; a `null` holder is the value itself. Holders keep their identity on the way,
 * because they travel in the same message. Specials stand after the ones that they contain; only `again` may point
 * at one that is not complete yet.
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
  | readonly [
      kind: 'accessor',
      holder: Holder,
      key: PropertyKey,
      pair: { get: number; set: number; enumerable: boolean },
    ]
  | readonly [kind: 'symbol', holder: object, name: string, property: { value: unknown }]
  | readonly [kind: 'bare', holder: object, key: '']
  | readonly [kind: 'again', holder: Holder, key: PropertyKey, special: Special]

export type Holder = object | null

/** An instance of a registered class: the class's name, and in `value` what its `encode` made of the instance. */
export interface ClassPayload {
  readonly name: string
  value: unknown
}

/** An Error in parts: no runtime carries all of them by itself. */
export interface ErrorEnvelope {
  /** The nearest built-in class. */
  readonly type: string
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** Own fields, `cause` and `errors` among them. */
  readonly fields: Record<string, unknown>
}

/** A value ready to travel: plain data, and the parts to be put into it on arrival. */
export interface Encoded {
  readonly value: unknown
  readonly specials: readonly Special[] | undefined
  /** About how many bytes it takes on the wire. */
  readonly bytes: number
  /** Memory that it lies in, to be given back when it will not be sent any more. */
  readonly loans?: Loans | undefined
}
