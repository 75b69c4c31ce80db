import { ROW_KEY_BYTES, rowKeyText } from '../../rows/keys/row-keys.ts'
import { KeyTable, keyWords } from './key-table.ts'

/** The origin of a key: the bytes of a row, or the content of a value. */
export type KeyKind = 'row' | 'value'

/** The number of inputs with each key. */
export class KeyCounts {
  readonly #tables: Readonly<Record<KeyKind, KeyTable>> = { row: new KeyTable(), value: new KeyTable() }
  readonly #sizes: Record<KeyKind, number> = { row: 0, value: 0 }

  /** Of all keys together. */
  get size(): number {
    return this.#sizes.row + this.#sizes.value
  }

  /** Of all keys of one kind. */
  sizeOf(kind: KeyKind): number {
    return this.#sizes[kind]
  }

  /** Adds a key as a row of a journal has it. Inputs that cannot be hashed are not counted: nothing tells them apart. */
  add(key: string, count = 1): void {
    const parsed = parseKey(key)
    if (parsed !== undefined) this.addWords(parsed.kind, keyWords(parsed.bytes), 0, count)
  }

  /** Adds the key that stands in `words` from `at` on. */
  addWords(kind: KeyKind, words: Uint32Array, at: number, count = 1): void {
    const table = this.#tables[kind]
    table.set(words, at, table.get(words, at) + count)
    this.#sizes[kind] += count
  }

  /** Takes out one input with this key. Returns false if there is none. */
  take(key: string): boolean {
    const parsed = parseKey(key)
    return parsed !== undefined && this.takeWords(parsed.kind, keyWords(parsed.bytes), 0)
  }

  /** The same for the key that stands in `words` from `at` on. */
  takeWords(kind: KeyKind, words: Uint32Array, at: number): boolean {
    const table = this.#tables[kind]
    const count = table.get(words, at)
    if (count === 0) return false
    table.set(words, at, count - 1)
    this.#sizes[kind]--
    return true
  }
}

const ROW = /^row:[\w-]{22}$/
/** Lines of several successes have the first half of the keys of values. */
const VALUE = /^sha256:(?:[\da-f]{32}|[\da-f]{64})$/

/** Reads a key as a row of a journal has it: of a content key the first 16 bytes. Undefined if it is none. */
export function parseKey(key: string): { readonly kind: KeyKind; readonly bytes: Buffer } | undefined {
  if (VALUE.test(key)) return { kind: 'value', bytes: Buffer.from(key.slice(7, 7 + 2 * ROW_KEY_BYTES), 'hex') }
  if (ROW.test(key)) return { kind: 'row', bytes: Buffer.from(key.slice(4), 'base64url') }
  return undefined
}

/** Writes a key of 16 bytes as a row of a journal has it. */
export function keyText(kind: KeyKind, bytes: Uint8Array): string {
  return kind === 'row' ? rowKeyText(bytes, 0) : `sha256:${Buffer.from(bytes).toString('hex')}`
}
