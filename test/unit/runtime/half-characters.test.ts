import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { HalfCharacters } from '#manyhands/runtime/process/half-characters.js'

const BYTES = Buffer.from('€')

describe('characters in pieces', () => {
  it('are put together, each item and stream for itself', () => {
    const halves = new HalfCharacters()
    assert.equal(halves.decode(0, 'stdout', BYTES.subarray(0, 1)), '')
    assert.equal(halves.decode(1, 'stdout', BYTES.subarray(0, 2)), '')
    assert.equal(halves.decode(0, 'stderr', Buffer.from('x')), 'x')
    assert.equal(halves.decode(0, 'stdout', BYTES.subarray(1)), '€')
    assert.equal(halves.decode(1, 'stdout', new Uint8Array(BYTES.subarray(2))), '€')
  })

  it('that never become whole show as such, once', () => {
    const halves = new HalfCharacters()
    assert.equal(halves.end(0, 'stdout'), '')
    halves.decode(0, 'stdout', BYTES.subarray(0, 2))
    assert.equal(halves.end(0, 'stdout'), '\uFFFD')
    assert.equal(halves.end(0, 'stdout'), '')
    assert.equal(halves.decode(0, 'stdout', Buffer.from('a')), 'a')
  })
})
