import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { ZstdFrames } from '#manyhands/files/bytes/zstd-frames.js'

import { waysToCut } from '../rows/support.js'

/** A frame with blocks as they are. */
function frame(blocks: readonly string[], { checksum = false, window = false } = {}): Buffer {
  const descriptor = (window ? 0 : 0x20) | (checksum ? 4 : 0)
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, descriptor, window ? 0x50 : blocks.join('').length])
  const body = blocks.flatMap((text, index) => {
    const size = Buffer.alloc(3)
    size.writeUIntLE((text.length << 3) | (index === blocks.length - 1 ? 1 : 0), 0, 3)
    return [size, Buffer.from(text)]
  })
  return Buffer.concat([header, ...body, Buffer.alloc(checksum ? 4 : 0, 0xaa)])
}

/** A frame that repeats a byte. */
const repeated = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 9, (9 << 3) | 2 | 1, 0, 0, 0x61])
const skipped = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])

function framesIn(pieces: readonly Uint8Array[]): { frames: Buffer[]; isComplete: boolean } {
  const splitter = new ZstdFrames()
  const frames: Buffer[] = []
  let open: Buffer[] = []
  for (const piece of pieces)
    for (const { bytes, isEnd } of splitter.split(piece)) {
      open.push(Buffer.from(bytes))
      if (!isEnd) continue
      frames.push(Buffer.concat(open))
      open = []
    }
  return { frames, isComplete: splitter.isComplete }
}

describe('frames of Zstandard', () => {
  const all = [
    frame(['ab', 'c']),
    frame(['d'], { checksum: true }),
    repeated,
    frame(['', ''], { window: true }),
    frame(['']),
  ]
  const bytes = Buffer.concat([skipped, ...all.slice(0, 3), skipped, skipped, ...all.slice(3), skipped])

  it('are found however the bytes come; those to be skipped are left out', () => {
    for (const pieces of waysToCut(bytes)) assert.deepEqual(framesIn(pieces), { frames: all, isComplete: true })
  })

  it('are not complete if bytes are missing', () => {
    for (const one of [...all, skipped])
      for (let length = 1; length < one.length; length++)
        assert.equal(framesIn([one.subarray(0, length)]).isComplete, false, `${length} of ${one.length}`)
    assert.equal(framesIn([]).isComplete, true)
  })

  it('come in pieces of 16 blocks at most', () => {
    const long = frame(Array.from({ length: 40 }, () => 'x'))
    const pieces = [...new ZstdFrames().split(long)]
    assert.deepEqual(
      pieces.map(({ isEnd }) => isEnd),
      [false, false, true],
    )
    assert.deepEqual(Buffer.concat(pieces.map((piece) => piece.bytes)), long)
  })

  it('other data is refused', () => {
    assert.throws(() => framesIn([Buffer.from('{"a":1}\n')]), /does not begin as Zstandard/)
  })
})
