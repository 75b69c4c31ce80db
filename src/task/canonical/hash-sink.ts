import type { Hash } from 'node:crypto'

import { lazyCrypto } from '../../util/digest.ts'

const SIZE = 8_192

/** Released sinks, for reuse: most values fit into the buffer of one, and need no other memory. */
const idle: HashSink[] = []

/**
 * Collects tagged, length-prefixed bytes and hashes them with SHA-256. Bytes that fit into its buffer are hashed in one
 * call.
 */
export class HashSink {
  readonly #buffer = Buffer.allocUnsafeSlow(SIZE)
  #hash: Hash | undefined
  #used = 0

  static take(): HashSink {
    return idle.pop() ?? new HashSink()
  }

  tag(code: number): void {
    this.#room(1)
    this.#buffer[this.#used++] = code
  }

  count(value: number): void {
    this.#room(8)
    this.#used = this.#buffer.writeDoubleLE(value, this.#used)
  }

  /** Adds a number. There is one NaN; -0 differs from 0. */
  number(value: number): void {
    this.count(Number.isNaN(value) ? Number.NaN : value)
  }

  /** Adds a string by UTF-16 code units, so that lone surrogates differ. */
  string(value: string): void {
    this.count(value.length)
    const bytes = value.length * 2
    if (bytes <= SIZE) {
      this.#room(bytes)
      if (value.length < 16) this.#units(value)
      else this.#used += this.#buffer.write(value, this.#used, 'utf16le')
    } else this.#update(Buffer.from(value, 'utf16le'))
  }

  bytes(value: Uint8Array): void {
    this.count(value.byteLength)
    if (value.byteLength <= SIZE) {
      this.#room(value.byteLength)
      this.#buffer.set(value, this.#used)
      this.#used += value.byteLength
    } else this.#update(value)
  }

  /** Returns the hash and releases the sink, which must not be used any more. */
  digest(): Buffer {
    const rest = this.#buffer.subarray(0, this.#used)
    const digest =
      this.#hash === undefined ? lazyCrypto().hash('sha256', rest, 'buffer') : this.#hash.update(rest).digest()
    this.#hash = undefined
    this.#used = 0
    idle.push(this)
    return digest
  }

  /** Writes a short string: faster than a call of the runtime. */
  #units(value: string): void {
    const buffer = this.#buffer
    let offset = this.#used
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i)
      buffer[offset++] = unit & 0xff
      buffer[offset++] = unit >> 8
    }
    this.#used = offset
  }

  #room(bytes: number): void {
    if (this.#used + bytes > SIZE) this.#update(undefined)
  }

  #update(more: Uint8Array | undefined): void {
    this.#hash ??= lazyCrypto().createHash('sha256')
    if (this.#used > 0) this.#hash.update(this.#buffer.subarray(0, this.#used))
    this.#used = 0
    if (more !== undefined) this.#hash.update(more)
  }
}
