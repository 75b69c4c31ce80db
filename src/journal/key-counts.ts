import { ROW_KEY_BYTES } from '../rows/keys/row-keys.ts'
import { KeyTable, keyWords } from './key-table.ts'

/** What a key is made of: the bytes of a row, or the content of a value. */
export type KeyKind = 'row' | 'value'

/** The number of inputs with each key. */
export class KeyCounts {
  readonly rows: KeyTable = new KeyTable()
  readonly values: KeyTable = new KeyTable()

  /** Of all keys together. */
  get size(): number {
    return this.rows.size + this.values.size
  }

  /** Adds a key as a row of a journal has it. Inputs that cannot be hashed are not counted: nothing tells them apart. */
  add(key: string, count = 1): void {
    const parsed = parseKey(key)
    if (parsed !== undefined) this.table(parsed.kind).add(keyWords(parsed.bytes), 0, count)
  }

  /** Takes out one input with this key. Returns false if there is none. */
  take(key: string): boolean {
    const parsed = parseKey(key)
    return parsed !== undefined && this.table(parsed.kind).take(keyWords(parsed.bytes), 0)
  }

  /** The keys of one kind. */
  table(kind: KeyKind): KeyTable {
    return kind === 'row' ? this.rows : this.values
  }
}

const ROW = /^row:[\w-]{22}$/
const VALUE = /^sha256:[\da-f]{32}/

/** Reads a key as a row of a journal has it: of a content key the first 16 bytes. Undefined if it is none. */
export function parseKey(key: string): { readonly kind: KeyKind; readonly bytes: Buffer } | undefined {
  if (VALUE.test(key)) return { kind: 'value', bytes: Buffer.from(key.slice(7, 7 + 2 * ROW_KEY_BYTES), 'hex') }
  if (ROW.test(key)) return { kind: 'row', bytes: Buffer.from(key.slice(4), 'base64url') }
  return undefined
}
