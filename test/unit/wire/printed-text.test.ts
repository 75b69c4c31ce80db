import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { LogFrame } from '#manyhands/wire/protocol/frames.js'
import {
  LogMerger,
  bytesFor,
  MAX_PRINTED_BYTES,
  PIECE_CHARS,
  piecesOf,
  printedBytes,
  readPrinted,
  writePrinted,
} from '#manyhands/wire/protocol/printed.js'

const FRAME: LogFrame = { type: 'log', stream: 'stdout', level: 'log', text: '', time: 1_700_000_000_000.5 }

describe('what was printed, as bytes', () => {
  it('printed text is read as it was written, one piece after the other', () => {
    const frames: LogFrame[] = [
      { ...FRAME, text: 'no task' },
      { ...FRAME, batch: 7, offset: 0, stream: 'stderr', level: 'warn', text: 'ünicode €😀' },
      { ...FRAME, batch: 3, offset: 1, step: 499, stream: 'stderr', level: 'write', text: 'in a step' },
      { ...FRAME, batch: 2 ** 31 - 1, offset: 32_767, level: 'write', text: '' },
    ]
    const bytes = Buffer.alloc(1_000)
    let end = 0
    for (const frame of frames) end += writePrinted(bytes, end, frame, frame.text)
    const read: LogFrame[] = []
    for (let at = 0; at < end; at += printedBytes(bytes, at)) read.push(readPrinted(bytes.subarray(0, end), at))
    assert.deepEqual(read, frames)
  })

  it('bytes that are not printed text are refused', () => {
    const bytes = Buffer.alloc(100)
    const length = writePrinted(bytes, 0, FRAME, 'text')
    assert.throws(() => readPrinted(bytes.subarray(0, length - 1), 0))
    assert.throws(() => readPrinted(bytes.fill(0xff), 0))
    assert.throws(() => readPrinted(Buffer.alloc(3), 0))
  })

  it('printed text takes no more room than it may', () => {
    const text = '€'.repeat(PIECE_CHARS)
    assert.equal(writePrinted(Buffer.alloc(MAX_PRINTED_BYTES), 0, FRAME, text), MAX_PRINTED_BYTES)
    assert.equal(bytesFor(PIECE_CHARS), MAX_PRINTED_BYTES)
  })

  it('long printed text is cut between characters', () => {
    for (const lead of ['', 'x']) {
      const text = lead + '😀'.repeat(PIECE_CHARS)
      const pieces = [...piecesOf(text)]
      assert.equal(pieces.join(''), text)
      assert.ok(pieces.length > 1)
      for (const piece of pieces) {
        assert.ok(piece.length <= PIECE_CHARS)
        assert.equal(Buffer.from(piece).toString(), piece)
      }
    }
    assert.deepEqual([...piecesOf('')], [''])
    assert.deepEqual([...piecesOf('short')], ['short'])
  })
})

describe('frames of a task in a row', () => {
  function merged(...frames: Partial<LogFrame>[]): LogFrame[] {
    const given: LogFrame[] = []
    const merger = new LogMerger((frame) => given.push(frame))
    for (const frame of frames) merger.add({ ...FRAME, batch: 1, offset: 1, ...frame })
    merger.flush()
    merger.flush()
    return given
  }

  it('log frames of a task in a row become one, with the time of the first', () => {
    const one = { ...FRAME, batch: 1, offset: 1 }
    assert.deepEqual(merged({ text: 'a' }, { text: 'b', time: 9 }, { text: 'c' }), [{ ...one, text: 'abc' }])
    assert.deepEqual(merged(), [])
  })

  it('log frames of another task, stream or level are not merged', () => {
    for (const other of [{ batch: 2 }, { offset: 2 }, { stream: 'stderr' }, { level: 'warn' }] as const) {
      const texts = merged({ text: 'a' }, { text: 'b', ...other }, { text: 'c' }).map(({ text }) => text)
      assert.deepEqual(texts, ['a', 'b', 'c'])
    }
  })

  it('merged log frames have a limited length', () => {
    const texts = merged(...Array.from({ length: 100 }, () => ({ text: 'x'.repeat(10_000) }))).map(({ text }) => text)
    assert.equal(texts.join('').length, 1_000_000)
    assert.ok(texts.every(({ length }) => length < 80_000))
  })
})
