import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'

import { rowKeys, rowKeyText } from '#manyhands/rows/keys/row-keys.js'
import { SipHash } from '#manyhands/rows/keys/siphash.js'

import { Random } from '../../soak/random.js'
import { seed } from '../../support/seed.js'

const MASK = 2n ** 64n - 1n
const KEY = Uint8Array.from({ length: 16 }, (_, i) => i)

/** SipHash with 128 bits of result, plainly: `c` rounds a word, `d` at the end. */
function plainSipHash(text: Uint8Array, key: Uint8Array, c: number, d: number): string {
  const word = (bytes: Uint8Array, at: number): bigint =>
    Buffer.from(bytes.buffer, bytes.byteOffset).readBigUInt64LE(at)
  const rotl = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (64n - by))) & MASK
  const k0 = word(key, 0)
  const k1 = word(key, 8)
  let v0 = k0 ^ 0x736f6d6570736575n
  let v1 = k1 ^ 0x646f72616e646f6dn ^ 0xeen
  let v2 = k0 ^ 0x6c7967656e657261n
  let v3 = k1 ^ 0x7465646279746573n
  const rounds = (count: number): void => {
    for (let i = 0; i < count; i++) {
      v0 = (v0 + v1) & MASK
      v1 = rotl(v1, 13n) ^ v0
      v0 = rotl(v0, 32n)
      v2 = (v2 + v3) & MASK
      v3 = rotl(v3, 16n) ^ v2
      v0 = (v0 + v3) & MASK
      v3 = rotl(v3, 21n) ^ v0
      v2 = (v2 + v1) & MASK
      v1 = rotl(v1, 17n) ^ v2
      v2 = rotl(v2, 32n)
    }
  }
  const padded = new Uint8Array((Math.floor(text.length / 8) + 1) * 8)
  padded.set(text)
  padded[padded.length - 1] = text.length % 256
  for (let at = 0; at < padded.length; at += 8) {
    const m = word(padded, at)
    v3 ^= m
    rounds(c)
    v0 ^= m
  }
  const out = Buffer.alloc(16)
  v2 ^= 0xeen
  rounds(d)
  out.writeBigUInt64LE(v0 ^ v1 ^ v2 ^ v3, 0)
  v1 ^= 0xddn
  rounds(d)
  out.writeBigUInt64LE(v0 ^ v1 ^ v2 ^ v3, 8)
  return out.toString('hex')
}

/** The hashes of texts that stand in one block, with some bytes between them. */
function hashes(texts: readonly Uint8Array[], key: Uint8Array = KEY, gap = 1): string[] {
  const bytes = new Uint8Array(texts.reduce((sum, { length }) => sum + length + gap, 0))
  const bounds = new Uint32Array(texts.length * 2)
  let at = 0
  for (const [i, text] of texts.entries()) {
    bytes.set(text, at)
    bounds[2 * i] = at
    bounds[2 * i + 1] = at + text.length
    at += text.length + gap
  }
  return inHex(SipHash.get().hash(bytes, bounds, key))
}

function inHex(keys: Uint8Array): string[] {
  const texts: string[] = []
  for (let at = 0; at < keys.length; at += 16) texts.push(Buffer.from(keys.subarray(at, at + 16)).toString('hex'))
  return texts
}

function counting(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i)
}

describe('the keys of rows', () => {
  it('the plain SipHash gives the published hashes of SipHash-2-4 and SipHash-1-3 with 128 bits', () => {
    for (const [length, hash] of [
      [0, 'a3817f04ba25a8e66df67214c7550293'],
      [1, 'da87c1d86b99af44347659119b22fc45'],
      [2, '8177228da4a45dc7fca38bdef60affe4'],
      [15, '5493e99933b0a8117e08ec0f97cfc3d9'],
    ] as const)
      assert.equal(plainSipHash(counting(length), KEY, 2, 4), hash)
    assert.equal(plainSipHash(new Uint8Array(), KEY, 1, 3), 'e77ebcb22788a5befd62db6add303001')
  })

  it('the module gives the hashes of the plain SipHash-1-3, for every length and for random rows', () => {
    const each = Array.from({ length: 300 }, (_, length) => counting(length))
    assert.deepEqual(
      hashes(each),
      each.map((text) => plainSipHash(text, KEY, 1, 3)),
    )
    const random = new Random(seed)
    const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.whole(0, 255))
    for (let round = 0; round < 20; round++) {
      const key = bytes(16)
      const texts = Array.from({ length: random.whole(0, 40) }, () => bytes(random.whole(0, 90)))
      assert.deepEqual(
        hashes(texts, key, random.whole(0, 3)),
        texts.map((text) => plainSipHash(text, key, 1, 3)),
      )
    }
  })

  it('more rows than one call takes, rows longer than the memory, and rows that overlap', () => {
    const long = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 7 + (i >>> 9)) & 255)
    const texts = [long(2 ** 20 + 5), long(3), long(2 ** 20), long(0), long(2 ** 20 + 2 ** 14)]
    assert.deepEqual(
      hashes(texts),
      texts.map((text) => plainSipHash(text, KEY, 1, 3)),
    )
    const many = hashes(Array.from({ length: 40_000 }, (_, i) => Uint8Array.of(i & 255, i >>> 8)))
    for (const i of [0, 16_383, 16_384, 32_768, 39_999])
      assert.equal(many[i], plainSipHash(Uint8Array.of(i & 255, i >>> 8), KEY, 1, 3))
    const bytes = counting(50)
    const overlapping = SipHash.get().hash(bytes, Uint32Array.of(10, 40, 0, 20, 5, 50), KEY)
    assert.deepEqual(
      inHex(overlapping),
      [
        [10, 40],
        [0, 20],
        [5, 50],
      ].map(([start, end]) => plainSipHash(bytes.subarray(start, end), KEY, 1, 3)),
    )
    assert.equal(SipHash.get().hash(bytes, new Uint32Array(), KEY).length, 0)
  })

  it('a row of 64 MiB is hashed in little memory', () => {
    const row = Buffer.alloc(2 ** 26, 'x')
    const before = process.memoryUsage().external
    const [key] = inHex(SipHash.get().hash(row, Uint32Array.of(0, row.length), KEY))
    assert.ok(process.memoryUsage().external - before < 2 ** 22)
    const other = inHex(SipHash.get().hash(row, Uint32Array.of(1, row.length), KEY))
    assert.match(key ?? '', /^[\da-f]{32}$/)
    assert.notEqual(key, other[0])
  })

  it('differ by secret and by format, and not by the order of its fields', () => {
    const bytes = Buffer.from('1,2')
    const keyOf = (format: Parameters<typeof rowKeys>[3], secret = KEY): string =>
      rowKeyText(rowKeys(bytes, Uint32Array.of(0, 3), secret, format), 0)
    const keys = [
      keyOf({ kind: 'lines' }),
      keyOf({ kind: 'jsonl' }),
      keyOf({ kind: 'jsonl', exactNumbers: true }),
      keyOf({ kind: 'delimited', delimiter: ',', names: ['a', 'b'] }),
      keyOf({ kind: 'delimited', delimiter: ',', names: ['b', 'a'] }),
      keyOf(
        { kind: 'lines' },
        Uint8Array.from(KEY, (byte) => byte + 1),
      ),
    ]
    assert.equal(new Set(keys).size, keys.length)
    for (const key of keys) assert.match(key, /^row:[\w-]{22}$/)
    assert.equal(keyOf({ names: ['a', 'b'], delimiter: ',', kind: 'delimited' }), keys[3])
    assert.equal(keyOf({ kind: 'lines' }), keys[0])
  })

  it('are the same in a worker', async () => {
    const module = new URL('../../../src/rows/keys/row-keys.js', import.meta.url)
    const code = `import(${JSON.stringify(module.href)}).then(({ rowKeys, rowKeyText }) => {
      const { bytes, secret } = require('node:worker_threads').workerData
      require('node:worker_threads').parentPort.postMessage(rowKeyText(rowKeys(bytes, Uint32Array.of(0, 5), secret, { kind: 'lines' }), 0))
    })`
    const bytes = new Uint8Array(new SharedArrayBuffer(5))
    bytes.set(Buffer.from('hello'))
    const worker = new Worker(code, { eval: true, workerData: { bytes, secret: KEY } })
    const there = await new Promise((resolve) => worker.once('message', resolve))
    await worker.terminate()
    assert.equal(there, rowKeyText(rowKeys(bytes, Uint32Array.of(0, 5), KEY, { kind: 'lines' }), 0))
  })

  it('src/rows/keys/siphash-module.ts is what scripts/siphash.mjs writes', async () => {
    const root = new URL('../../../../', import.meta.url)
    const { moduleFile } = (await import(new URL('scripts/siphash.mjs', root).href)) as { moduleFile: () => string }
    const written = (text: string): string => text.replaceAll(/\s+/g, '')
    assert.equal(written(readFileSync(new URL('src/rows/keys/siphash-module.ts', root), 'utf8')), written(moduleFile()))
  })
})
