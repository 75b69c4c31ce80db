import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import * as fc from 'fast-check'

import { indexOfLongInteger, inexactNumber, parseExactly } from '#manyhands/rows/parse/exact-numbers.js'

import { seed } from '../../support/seed.js'

describe('numbers that JSON.parse changes', () => {
  for (const [text, value] of [
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-12345678901234567890', -12345678901234567890n],
    ['[1e400, -1E+999]', ['1e400', '-1E+999']],
    ['1e300', 1e300],
    ['0.1234567890123456789', Number('0.1234567890123456789')],
    ['{"12345678901234567890":"12345678901234567890"}', { '12345678901234567890': '12345678901234567890' }],
    [
      '["n1", "s", "", 12345678901234567890, "\\\\", "\\"12345678901234567890"]',
      ['n1', 's', '', 12345678901234567890n, '\\', '"12345678901234567890'],
    ],
    [
      '{"__proto__":12345678901234567890}',
      JSON.parse('{"__proto__":0}', (key, inner: unknown) => (key === '__proto__' ? 12345678901234567890n : inner)),
    ],
  ] as const) {
    it(`are kept: ${text}`, () => assert.deepEqual(parseExactly(text), value))
  }

  it('text that is not JSON is refused as JSON.parse does', () => {
    assert.throws(() => parseExactly('[12345678901234567890'), SyntaxError)
  })

  for (const [text, found] of [
    ['[9007199254740993]', '9007199254740993'],
    ['[9007199254740992]', undefined],
    ['"9007199254740993"', undefined],
    ['{"a":1e400}', '1e400'],
    ['0.12345678901234567', undefined],
  ] as const) {
    it(`are found: ${text}`, () => assert.equal(inexactNumber(text), found))
  }

  it('all other JSON is parsed as ever', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/\d{16}(?!\d*[.e])/.test(text))
        const padded = `[${text},12345678901234567890]`
        assert.deepEqual(parseExactly(padded), [JSON.parse(text), 12345678901234567890n])
      }),
      { seed, numRuns: 500 },
    )
  })

  it('integers of 16 digits are found in bytes wherever they are; other digits are passed over', () => {
    for (let before = 0; before < 40; before++) {
      const bytes = Buffer.from(`${' '.repeat(before)}1234567890123456,`)
      assert.equal(indexOfLongInteger(bytes, 0), before)
      assert.equal(indexOfLongInteger(bytes, before + 1), -1)
      for (const other of ['"1234567890123456"', '0.1234567890123456', '123456789012345'])
        assert.equal(indexOfLongInteger(Buffer.from(' '.repeat(before) + other), 0), -1)
    }
  })
})
