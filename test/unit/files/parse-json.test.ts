import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parseJson } from '#manyhands/files/parse-json.js'

import { piecesOf, waysToCut } from '../rows/support.js'

describe('a JSON file', () => {
  for (const [what, text, inputs] of [
    ['an array is the inputs', '\uFEFF[1, "é", [2], null]', [1, 'é', [2], null]],
    ['an empty array is none', ' [ ]\n', []],
    ['any other value is one input', '{"__proto__":1}', [JSON.parse('{"__proto__":1}')]],
    ['null is one input', 'null', [null]],
  ] as const) {
    it(what, async () => {
      for (const pieces of waysToCut(Buffer.from(text)))
        assert.deepEqual(await parseJson(piecesOf(...pieces), 'in'), inputs)
    })
  }

  for (const [what, bytes, message] of [
    ['what is not JSON', Buffer.from('[1,\n2,\n}'), /^in(:3)? is not JSON: ./],
    ['nothing', Buffer.from(''), /^in is not JSON: Unexpected end/],
    ['what is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), /^in is not UTF-8/],
  ] as const) {
    it(`${what} is refused`, () => assert.rejects(parseJson(piecesOf(bytes), 'in'), { name: 'DataFileError', message }))
  }

  it('a JSON file that is too large is refused before it is all read', async () => {
    let read = 0
    async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
      const piece = Buffer.alloc(2 ** 24, ' ')
      for (;;) {
        read++
        yield piece
      }
    }
    await assert.rejects(parseJson(endless(), 'in'), { name: 'DataFileError', message: /^in is too large .* 256 MiB/ })
    assert.equal(read, 17)
  })
})
