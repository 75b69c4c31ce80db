import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { encodeFrame, FrameReader } from '#manyhands/backends/processes/frame-codec.js'

const NONCE = 0xdead_beef

const MESSAGES: readonly unknown[] = [
  { type: 'ready' },
  'a text with ünicode €',
  { values: new Float64Array([1, 2.5, -0]), nested: [new Map([['a', 1n]]), undefined, null] },
  new Uint8Array(100_000).fill(7),
  0,
  [],
]

function bytesOf(messages: readonly unknown[]): Buffer {
  return Buffer.concat(messages.flatMap((message) => encodeFrame(NONCE, message)))
}

/** What a reader makes of bytes that arrive in pieces. */
function read(pieces: Iterable<Buffer>): unknown[] {
  const messages: unknown[] = []
  const reader = new FrameReader(NONCE, (message) => messages.push(message))
  for (const piece of pieces) reader.push(piece)
  return messages
}

describe('messages on a stream', () => {
  it('arrive as they were', () => {
    assert.deepStrictEqual(read([bytesOf(MESSAGES)]), MESSAGES)
  })

  it('may be split anywhere', () => {
    const all = bytesOf(MESSAGES)
    for (const size of [1, 2, 3, 7, 8, 9, 1_000, 65_536]) {
      const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
        all.subarray(i * size, (i + 1) * size),
      )
      assert.deepStrictEqual(read(pieces), MESSAGES, `pieces of ${size}`)
    }
  })

  it('may come several in one piece, with a part of the next', () => {
    const [first, second] = [bytesOf(['one', 'two', 'three']), bytesOf(['four'])]
    assert.deepEqual(read([Buffer.concat([first, second.subarray(0, 5)])]), ['one', 'two', 'three'])
    assert.deepEqual(read([Buffer.concat([first, second.subarray(0, 5)]), second.subarray(5)]), [
      'one',
      'two',
      'three',
      'four',
    ])
  })

  it('may be empty pieces', () => {
    assert.deepEqual(read([Buffer.alloc(0), bytesOf([1]), Buffer.alloc(0)]), [1])
  })

  it('decoded buffers do not share memory with one another', () => {
    const [a, b] = read([bytesOf([new Uint8Array([1, 2]), new Uint8Array([3, 4])])]) as [Uint8Array, Uint8Array]
    a.fill(9)
    assert.deepEqual([...b], [3, 4])
    assert.equal(a.buffer.byteLength, 2)
  })

  it('a reader throws on bytes that are not a message', () => {
    assert.throws(() => read([Buffer.from('console.log was here\n')]), /bytes that are not a message/)
    const foreign = encodeFrame(NONCE + 1, 'x')
    assert.throws(() => read(foreign), /bytes that are not a message/)
  })
})
