import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { isHostFrame } from '#manyhands/runtime/guard/check-host-frame.js'
import { MAX_BATCH } from '#manyhands/wire/protocol/beacon.js'

const ROWS = Uint8Array.from(Buffer.from('{"a":1}\n[2]\n'))
const COLUMN = { rows: ROWS, bounds: Uint32Array.of(0, 7, 8, 11), format: { kind: 'jsonl' } }

/** Returns true if a batch with these inputs passes. */
function passes(inputs: unknown, more: object = {}): boolean {
  return isHostFrame({ type: 'batch', id: 1, slot: 0, group: 1, concurrency: 1, fn: 1, indexes: 0, inputs, ...more })
}

describe('rows that strangers send', () => {
  it('rows of each format pass', () => {
    assert.ok(passes(COLUMN))
    assert.ok(passes({ ...COLUMN, secret: new Uint8Array(16) }))
    assert.ok(passes({ ...COLUMN, format: { kind: 'jsonl', exactNumbers: true } }))
    assert.ok(passes({ ...COLUMN, format: { kind: 'lines' } }))
    assert.ok(passes({ ...COLUMN, format: { kind: 'delimited', delimiter: ',', names: ['a', '__proto__'] } }))
    assert.ok(passes({ ...COLUMN, format: { kind: 'columns', names: ['a', 'b'], types: ['json', 'date'] } }))
    // An empty line of text is a row, and so is the last one of a file without an end of line.
    assert.ok(passes({ ...COLUMN, bounds: Uint32Array.of(0, 0, 12, 12), format: { kind: 'lines' } }))
  })

  it('bounds outside of the bytes, backwards, in each other, or half a pair do not pass', () => {
    const wrong = [
      ...[[0, 13], [12, 13], [0, 2 ** 32 - 1], [7, 0], [0, 7, 6, 11], [0, 11, 0, 11], [8, 11, 0, 7], [0, 7, 8], []],
    ]
    for (const bounds of wrong) assert.ok(!passes({ ...COLUMN, bounds: Uint32Array.from(bounds) }), String(bounds))
  })

  it('more rows than a batch may have do not pass', () => {
    assert.ok(passes({ ...COLUMN, bounds: new Uint32Array(2 * MAX_BATCH) }))
    assert.ok(!passes({ ...COLUMN, bounds: new Uint32Array(2 * MAX_BATCH + 2) }))
  })

  it('lists of another length than the rows do not pass', () => {
    assert.ok(passes(COLUMN, { indexes: [3, 5], attempts: [1, 2] }))
    assert.ok(!passes(COLUMN, { indexes: [3] }))
    assert.ok(!passes(COLUMN, { attempts: [1, 2, 3] }))
    assert.ok(!passes(COLUMN, { fns: [1] }))
  })

  it('rows that the worker is to read in a file do not pass', () => {
    const version = { device: 1, inode: 2, size: 12, modified: 3, changed: 4 }
    const range = { file: '/etc/passwd', version, offset: 0, length: 12 }
    assert.ok(!passes({ ...COLUMN, range }))
    assert.ok(!passes({ ...COLUMN, rows: new Uint8Array(0), range }))
  })

  it('other types in place of bytes, bounds, format and secret do not pass', () => {
    for (const rows of ['{"a":1}', [1, 2], { length: 99 }, new Uint16Array(12), ROWS.buffer])
      assert.ok(!passes({ ...COLUMN, rows }))
    for (const bounds of [[0, 7], { length: 2 }, new Float64Array([0, 7]), new Int32Array([0, 7]), 'ab', undefined])
      assert.ok(!passes({ ...COLUMN, bounds }))
    const names = ['a']
    for (const format of [
      ...[undefined, null, 'jsonl', {}, { kind: 'parquet' }, { kind: 'jsonl', exactNumbers: 1 }],
      ...[
        { kind: 'delimited', delimiter: ',' },
        { kind: 'delimited', delimiter: ';', names },
        { kind: 'delimited', delimiter: ',', names: [1] },
        { kind: 'delimited', delimiter: ',', names: { length: 1 } },
        { kind: 'columns', names },
        { kind: 'columns', names, types: [] },
        { kind: 'columns', names, types: ['constructor'] },
        { kind: 'columns', names: [1], types: ['json'] },
        { kind: 'parquet', file: '/etc/passwd', size: 1, modified: 1, first: 0, firstInGroup: 0, rows: 1, digest: '' },
      ],
    ])
      assert.ok(!passes({ ...COLUMN, format }), JSON.stringify(format))
    for (const secret of ['0123456789abcdef', new Uint8Array(15), new Uint8Array(2 ** 20), null])
      assert.ok(!passes({ ...COLUMN, secret }))
  })
})
