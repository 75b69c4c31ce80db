import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { readerOf } from '#manyhands/files/byte-reader.js'
import { parseJson } from '#manyhands/files/parse-json.js'

import { piecesOf, waysToCut } from '../rows/support.js'

const parse = (pieces: AsyncIterable<Uint8Array>, exactNumbers = false): Promise<readonly unknown[]> =>
  parseJson(readerOf(pieces), 'in', exactNumbers, (message) => assert.fail(message))

describe('a JSON file', () => {
  for (const [what, text, inputs] of [
    ['an array is the inputs', '\uFEFF[1, "é", [2], null]', [1, 'é', [2], null]],
    ['an empty array is none', ' [ ]\n', []],
    ['any other value is one input', '{"__proto__":1}', [JSON.parse('{"__proto__":1}')]],
    ['null is one input', 'null', [null]],
  ] as const) {
    it(what, async () => {
      for (const pieces of waysToCut(Buffer.from(text))) assert.deepEqual(await parse(piecesOf(...pieces)), inputs)
    })
  }

  for (const [what, bytes, message] of [
    ['what is not JSON', Buffer.from('[1,\n2,\n}'), /^in(:3)? is not JSON: ./],
    ['nothing', Buffer.from(''), /^in is not JSON: Unexpected end/],
    ['what is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), /^in is not UTF-8/],
  ] as const) {
    it(`${what} is refused`, () => assert.rejects(parse(piecesOf(bytes)), { name: 'DataFileError', message }))
  }

  it('integers beyond 2^53 are kept if that is asked for, and warned of otherwise', async () => {
    const bytes = Buffer.from('[1, 9007199254740993]')
    assert.deepEqual(await parse(piecesOf(bytes), true), [1, 9007199254740993n])
    const warnings: string[] = []
    await parseJson(readerOf(piecesOf(bytes)), 'in', false, (message) => warnings.push(message))
    assert.deepEqual(warnings, [
      "in holds 9007199254740993, which becomes 9007199254740992 as a number; --numbers exact, or the option numbers: 'exact', keeps such numbers",
    ])
  })

  it('a JSON file that is too large is refused before it is all read', async () => {
    let read = 0
    async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
      const piece = Buffer.alloc(2 ** 24, ' ')
      for (;;) {
        read++
        yield piece
      }
    }
    await assert.rejects(parse(endless()), { name: 'DataFileError', message: /^in is too large .* 256 MiB/ })
    assert.equal(read, 17)
  })
})
