import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import * as fc from 'fast-check'

import type { RowFormatName } from '#manyhands/rows/cut/row-cutter.js'

import { cut, valuesIn } from '../unit/rows/support.js'
import { check } from './support/check.js'
import { referenceRows } from './support/reference-rows.js'

const HEADERS: Readonly<Record<RowFormatName, string>> = {
  lines: '',
  null: '',
  jsonl: '',
  csv: 'a,b\n',
  tsv: '"a"\tb\r\n',
}

const tokens = fc.constantFrom(
  ...['a', ',', '\t', '"', '"', '""', '\n', '\n', '\r\n', '\r', '\0', ' ', '1', '{}', '"x"', '[1', 'é', '\uFEFF'],
  ...['\u00A0', '"a\nb"', 'a,b\n', '"a","b"\r\n', 'x'.repeat(40), `"${'y'.repeat(40)}"`],
)

/** Bytes, and where to cut them. */
const files = fc.record({
  parts: fc.array(fc.oneof({ weight: 20, arbitrary: tokens }, { weight: 1, arbitrary: fc.constant(0xff) }), {
    maxLength: 40,
  }),
  hasMark: fc.boolean(),
  cuts: fc.array(fc.nat(120), { maxLength: 8 }),
})

function piecesOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.filter((at) => at < bytes.length).toSorted((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

describe('rows that are cut out of pieces', () => {
  for (const format of ['lines', 'null', 'jsonl', 'csv', 'tsv'] as const) {
    it(`${format}: values, rows that cannot be read, and their lines are those of a plain parser`, () =>
      check(
        files,
        ({ parts, hasMark, cuts }) => {
          const bytes = Buffer.concat([
            Buffer.from(`${hasMark ? '\uFEFF' : ''}${HEADERS[format]}`),
            ...parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))),
          ])
          assert.deepEqual(valuesIn(cut(format, piecesOf(bytes, cuts))), referenceRows(format, bytes))
        },
        3_000,
      ))
  }
})
