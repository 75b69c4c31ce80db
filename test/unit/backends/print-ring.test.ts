import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { PrintRing } from '#manyhands/backends/threads/print-ring.js'
import type { LogFrame } from '#manyhands/wire/protocol/frames.js'

const FRAME: LogFrame = { type: 'log', batch: 1, offset: 0, stream: 'stdout', level: 'log', text: '', time: 5 }

/** Both ends of a ring. */
function ends(): { writer: PrintRing; read: () => string } {
  const host = new PrintRing()
  const read = (): string => {
    let text = ''
    host.read((frame) => (text += frame.text))
    return text
  }
  return { writer: new PrintRing(host.memory), read }
}

describe('memory for what a thread prints', () => {
  it('gives what was written, once, in few frames', () => {
    const { writer, read } = ends()
    assert.equal(read(), '')
    for (const text of ['a', '', 'ü€😀', 'd']) writer.write(FRAME, text)
    const frames: LogFrame[] = []
    new PrintRing(writer.memory).read((frame) => frames.push(frame))
    assert.deepEqual(frames, [{ ...FRAME, text: 'aü€😀d' }])
    assert.equal(read(), '')
  })

  it('is used again and again, with texts of any length', () => {
    const { writer, read } = ends()
    let written = ''
    let taken = ''
    for (let i = 0; i < 3_000; i++) {
      const text = `${i} ${'€'.repeat((i * 7_919) % 6_000)}\n`
      assert.ok(writer.write(FRAME, text))
      written += text
      if (i % 4 === 3) taken += read()
    }
    assert.equal(taken + read(), written)
  })

  it('says once that there is something, until the host has heard', () => {
    const { writer, read } = ends()
    writer.write(FRAME, 'a')
    assert.deepEqual([writer.mustTell(), writer.mustTell()], [true, false])
    writer.heard()
    assert.equal(read(), 'a')
    writer.write(FRAME, 'b')
    assert.equal(writer.mustTell(), true)
  })

  it('takes no more than it holds: who writes waits, and gives up where nobody reads', () => {
    const { writer, read } = ends()
    const piece = 'x'.repeat(16_000)
    let pieces = 0
    while (writer.write(FRAME, piece)) pieces++
    assert.ok(pieces > 8, `${pieces} pieces`)
    assert.equal(read(), piece.repeat(pieces))
    assert.ok(writer.write(FRAME, piece))
    assert.equal(read(), piece)
  })
})
