const SIZE = 8_192

/** Collects tagged, length-prefixed bytes and hashes them with SHA-256. */
export class HashSink {
  // Loaded with the first hash: it takes 2 ms, and most runs of a worker need none.
  readonly #hash = process.getBuiltinModule('node:crypto').createHash('sha256')
  readonly #buffer = Buffer.allocUnsafe(SIZE)
  #used = 0

  tag(code: number): void {
    this.#room(1)
    this.#buffer[this.#used++] = code
  }

  count(value: number): void {
    this.#room(8)
    this.#used = this.#buffer.writeDoubleLE(value, this.#used)
  }

  /** One NaN; -0 is not 0. */
  number(value: number): void {
    this.count(Number.isNaN(value) ? Number.NaN : value)
  }

  /** By UTF-16 code units, so that lone surrogates differ. */
  string(value: string): void {
    this.count(value.length)
    const bytes = value.length * 2
    if (bytes <= SIZE) {
      this.#room(bytes)
      this.#buffer.write(value, this.#used, 'utf16le')
      this.#used += bytes
    } else {
      this.#flush()
      this.#hash.update(Buffer.from(value, 'utf16le'))
    }
  }

  bytes(value: Uint8Array): void {
    this.count(value.byteLength)
    this.#flush()
    this.#hash.update(value)
  }

  digest(): Buffer {
    this.#flush()
    return this.#hash.digest()
  }

  #room(bytes: number): void {
    if (this.#used + bytes > SIZE) this.#flush()
  }

  #flush(): void {
    if (this.#used === 0) return
    this.#hash.update(this.#buffer.subarray(0, this.#used))
    this.#used = 0
  }
}
