import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import * as fc from 'fast-check'

import { encodeFrame, FrameReader } from '#manyhands/backends/processes/frame-codec.js'
import { decode } from '#manyhands/wire/codec/decode.js'
import type { Special } from '#manyhands/wire/codec/special.js'
import type { LogFrame } from '#manyhands/wire/protocol/frames.js'
import { MAX_PRINTED_BYTES } from '#manyhands/wire/protocol/printed.js'

import { check } from './support/check.js'
import { values } from './support/values.js'

const NONCE = 0xdead_beef
/** What V8's format begins with. */
const FORMAT = [0xff, 0x0f]

/** What a reader makes of bytes in pieces, until it refuses them. */
function read(bytes: Uint8Array, pieceSize = bytes.length || 1): { messages: unknown[]; refused: Error | undefined } {
  const messages: unknown[] = []
  const reader = new FrameReader(NONCE, (message) => messages.push(message))
  let refused: Error | undefined
  for (let at = 0; at < bytes.length; at += pieceSize) {
    try {
      reader.push(Buffer.from(bytes.subarray(at, at + pieceSize)))
      assert.equal(refused, undefined, 'it went on after bytes that were none of ours')
    } catch (error) {
      assert.ok(error instanceof Error)
      refused ??= error
    }
  }
  return { messages, refused }
}

function framed(body: Uint8Array, nonce = NONCE, length = body.length): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32LE(nonce, 0)
  header.writeUInt32LE(length, 4)
  return Buffer.concat([header, body])
}

describe('a channel that carries what it should not', () => {
  it('refuses random bytes', async () => {
    await check(
      fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 64 })),
      ([bytes, size]) => {
        const { messages, refused } = read(bytes, size)
        assert.deepEqual(messages, [])
        assert.equal(refused !== undefined, bytes.length >= 8)
      },
      20_000,
    )
  })

  it('refuses random bodies, or reads them as some value', async () => {
    await check(
      fc.tuple(fc.uint8Array({ maxLength: 100 }), fc.boolean()),
      ([bytes, formatted]) => {
        const { messages, refused } = read(framed(Uint8Array.from([...(formatted ? FORMAT : []), ...bytes])))
        assert.equal(messages.length, refused === undefined ? 1 : 0)
      },
      20_000,
    )
  })

  it('delivers what came before a byte that was changed, whole', async () => {
    await check(
      fc.tuple(fc.array(values, { minLength: 1, maxLength: 4 }), fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat()),
      ([sent, where, change, size]) => {
        const frames = sent.map((value) => Buffer.concat(encodeFrame(NONCE, plain(value))))
        const bytes = Buffer.concat(frames)
        const at = where % bytes.length
        bytes[at] = (bytes[at] as number) ^ change
        let end = 0
        const before = frames.filter((frame) => (end += frame.length) <= at).length
        const { messages } = read(bytes, 1 + (size % 50))
        assert.deepStrictEqual(messages.slice(0, before), sent.slice(0, before).map(plain))
        assert.ok(messages.length <= sent.length)
      },
      3_000,
    )
  })

  it('refuses random bodies as printed text, or reads them as text that is as long', async () => {
    await check(
      fc.uint8Array({ maxLength: 100 }),
      (body) => {
        const printed: LogFrame[] = []
        const reader = new FrameReader(
          NONCE,
          () => assert.fail(),
          (frame) => printed.push(frame),
        )
        try {
          reader.push(framed(body, NONCE, 2 ** 31 + body.length))
        } catch {
          assert.deepEqual(printed, [])
          return
        }
        assert.equal(printed.length, 1)
        assert.ok((printed[0] as LogFrame).text.length <= body.length)
      },
      20_000,
    )
  })

  it('refuses what claims to be huge before it has come', () => {
    for (const length of [2 ** 31 + MAX_PRINTED_BYTES + 1, 2 ** 32 - 1])
      assert.match(String(read(framed(Buffer.alloc(0), NONCE, length)).refused), /bytes is too long/)
  })

  it('refuses what is nested deeper than the stack', () => {
    // Arrays of one item in each other, as V8 writes them: `A`, the length.
    const body = Buffer.concat([Buffer.from(FORMAT), Buffer.alloc(200_000, Buffer.from([0x41, 1]))])
    const { messages, refused } = read(framed(body))
    assert.deepEqual(messages, [])
    assert.ok(refused !== undefined)
  })
})

/** A value as structured clone carries it by itself. */
function plain(value: unknown): unknown {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? null
}

const names = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'polluted', '0', '')
const KINDS: readonly Special[0][] = [
  'buffer',
  'url',
  'error',
  'map',
  'set',
  'class',
  'function',
  'member',
  'prototype',
  'bare',
  'again',
]

const holders = fc.oneof(
  fc.constantFrom(null, undefined, 0, 'text'),
  fc.dictionary(names, fc.anything()),
  fc.array(fc.anything(), { maxLength: 3 }),
)
const payloads = fc.oneof(
  fc.anything(),
  fc.constantFrom('http://a.example', 'no url'),
  fc.array(fc.anything()),
  fc.uint8Array(),
  fc.record({
    type: fc.oneof(names, fc.constantFrom('Error', 'AggregateError', 'DOMException')),
    name: names,
    message: fc.string(),
    stack: fc.option(fc.string(), { nil: undefined }),
    fields: fc.dictionary(names, fc.anything()),
  }),
  fc.record({ get: fc.integer(), set: fc.integer(), enumerable: fc.boolean() }),
  fc.record({ name: names, value: fc.anything() }),
)

describe('special parts that nobody encoded', () => {
  it('are put in or refused, and change nothing else', async () => {
    const before = everythingShared()
    const special = fc.tuple(fc.constantFrom(...KINDS), holders, names, payloads)
    await check(
      fc.tuple(fc.anything(), fc.array(special, { maxLength: 5 })),
      ([value, specials]) => {
        try {
          decode(value, specials as unknown as Special[])
        } catch (error) {
          assert.ok(error instanceof Error, String(error))
        }
        assert.deepEqual(everythingShared(), before)
      },
      20_000,
    )
  })
})

/** The names of all that every object has. */
function everythingShared(): unknown {
  return [Object, Array, Function, Error, Map].map((type) => Object.getOwnPropertyNames(type.prototype).length)
}
