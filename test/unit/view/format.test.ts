import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { count, many, percent, rate, size } from '#manyhands/view/format/numbers.js'
import { moment, momentOf, time, timeStep } from '#manyhands/view/format/times.js'
import { cutText, visibleText } from '#manyhands/view/format/visible-text.js'

describe('numbers of a report', () => {
  for (const [shown, expected] of [
    [count(1_234_567.4), '1,234,567'],
    [many(1, 'worker'), '1 worker'],
    [many(2_000, 'try', 'tries'), '2,000 tries'],
    [percent(0), '0 %'],
    [percent(0.0001), '< 0.1 %'],
    [percent(0.042), '4.2 %'],
    [percent(0.93), '93 %'],
    [rate(4.24), '4.2/s'],
    [rate(1_234), '1,234/s'],
    [size(600 * 1_024), '600 KB'],
    [size(1.5 * 2 ** 30), '1.5 GB'],
    [time(0.34), '340 µs'],
    [time(21.4), '21 ms'],
    [time(999.7), '1 s'],
    [time(1_440), '1.4 s'],
    [time(134_000), '2 min 14 s'],
    [time(3_780_000), '1 h 3 min'],
    [moment(41_900), '0:41'],
    [moment(3_700_000), '1:01:40'],
    [moment(1_250, 10), '0:01.25'],
    [momentOf(41_900, 60_000), '0:41'],
    [momentOf(1_900, 9_000), '0:01.9'],
  ] as const)
    it(`show ${expected}`, () => assert.equal(shown, expected))

  it('have round distances on an axis', () => {
    assert.deepEqual([timeStep(700), timeStep(9_000), timeStep(30), timeStep(0.04)], [1_000, 10_000, 50, 0.05])
  })
})

describe('texts of a report', () => {
  it('write out what cannot be seen, and what turns the direction of text', () => {
    assert.equal(visibleText('a\u0000b\u202Ec\uFEFF\u001B[2J'), 'a\\u0000b\\u202ec\\ufeff\\u001b[2J')
  })
  it('write out halves of pairs, and leave whole pairs, tabs and lines', () => {
    assert.equal(visibleText('\uD83D \u{1F600}\t\n'), '\\ud83d \u{1F600}\t\n')
  })
  it('are cut without halving a pair', () => {
    assert.equal(cutText('ab\u{1F600}cd', 4), 'ab…')
    assert.equal(cutText('abcd', 4), 'abcd')
  })
})
