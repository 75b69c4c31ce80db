import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { readerOf } from '#manyhands/files/bytes/byte-reader.js'
import { openJson } from '#manyhands/files/open-json.js'

import { piecesOf, valuesIn, waysToCut } from '../rows/support.js'

async function parse(pieces: AsyncIterable<Uint8Array>, exactNumbers = false): Promise<readonly unknown[]> {
  const file = await openJson(readerOf(pieces), 'in', exactNumbers, (message) => assert.fail(message))
  const values: unknown[] = []
  for await (const block of file.blocks()) values.push(...valuesIn([block]))
  assert.equal(file.count, values.length)
  return values
}

describe('a JSON file', () => {
  for (const [what, text, inputs] of [
    ['an array is the inputs', '\uFEFF[1, "é", [2], null]', [1, 'é', [2], null]],
    ['an empty array is none', ' [ ]\n', []],
    ['any other value is one input', '{"__proto__":1}', [JSON.parse('{"__proto__":1}')]],
    ['null is one input', ' null ', [null]],
    [
      'nested values, and quotes',
      '[[1,[2]] ,{"a,]":"\\"],","b":[{}]},"\\\\",""]',
      [[1, [2]], { 'a,]': '"],', b: [{}] }, '\\', ''],
    ],
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

  it('each row has its line', async () => {
    const { blocks } = await openJson(readerOf(piecesOf(Buffer.from('[1,\n\n {"a":\n2}]'))), 'in', false, () => {})
    for await (const block of blocks()) assert.deepEqual([block.lineOf(0), block.lineOf(1)], [1, 3])
  })

  it('many rows come in several blocks', async () => {
    const all = Array.from({ length: 10_000 }, (_, index) => index)
    assert.deepEqual(await parse(piecesOf(Buffer.from(JSON.stringify(all)))), all)
  })

  it('integers beyond 2^53 are kept if that is asked for, and warned of otherwise', async () => {
    const bytes = Buffer.from('[1, 9007199254740993]')
    assert.deepEqual(await parse(piecesOf(bytes), true), [1, 9007199254740993n])
    const warnings: string[] = []
    await openJson(readerOf(piecesOf(bytes)), 'in', false, (message) => warnings.push(message))
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
