import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { checkWorkerMessage } from '#manyhands/backends/nats/messages/check-messages.js'
import { compactWorkerFrame } from '#manyhands/wire/protocol/compact-frames.js'
import type { DoneFrame, ItemFailure } from '#manyhands/wire/protocol/frames.js'

const FAILURE: ItemFailure = { kind: 'too-large', limit: 1 }

function passes(results: unknown, more: object = {}): boolean {
  const frame = { type: 'done', batch: 1, offsets: 0, results, ms: 1, bytes: 2, end: true, ...more }
  return checkWorkerMessage(compactWorkerFrame(frame as DoneFrame))
}

const text = (lines: string): Uint8Array => Uint8Array.from(Buffer.from(lines))

describe('outcomes that an untrusted worker sends', () => {
  it('text passes if it has a line for each result', () => {
    assert.ok(passes({ text: text('1\n[2]\n'), count: 2 }))
    assert.ok(passes({ text: text('1\n'), count: 2 }, { failures: [[1, FAILURE]] }))
    assert.ok(passes({ text: text(''), count: 0 }))
  })

  it('text with another number of lines, which would be results of other inputs, does not pass', () => {
    for (const lines of ['', '1\n', '1\n2', '1\n2\n3\n', '1\n2\n3']) assert.ok(!passes({ text: text(lines), count: 2 }))
    assert.ok(!passes({ text: text('1\n2\n'), count: 2 }, { failures: [[1, FAILURE]] }))
    for (const count of [-1, 1.5, 2 ** 60, '2', undefined]) assert.ok(!passes({ text: text('1\n2\n'), count }))
    assert.ok(!passes({ text: '1\n2\n', count: 2 }))
  })

  it('keys and times of another number than the outcomes do not pass', () => {
    const results = { values: [1, 2] }
    assert.ok(passes(results, { start: 1, timed: [0, 1, 2], keys: new Uint8Array(32) }))
    assert.ok(!passes(results, { start: 1, keys: new Uint8Array(31) }))
    assert.ok(!passes(results, { start: 1, keys: 'k'.repeat(32) }))
    assert.ok(!passes(results, { start: 1, timed: [0, 1] }))
    assert.ok(!passes(results, { start: 1, timed: ['0', 1, 2] }))
    assert.ok(!passes(results, { start: '1' }))
    assert.ok(!passes(results, { times: [1, 2, 3] }))
    assert.ok(!passes(results, { times: [1, 2, 3, {}] }))
  })
})
