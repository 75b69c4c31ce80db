import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import { openRowFile, readOptionsFor } from '#manyhands/files/open-row-file.js'
import { RowFiles } from '#manyhands/files/row-files.js'
import { map } from '#manyhands/map/map.js'
import type { FileRange } from '#manyhands/rows/file-range.js'
import { ReadBlock } from '#manyhands/run/source/read-block.js'
import { type RangeUse, RowChunk } from '#manyhands/run/source/row-chunk.js'
import { DEFAULT_POLICY } from '#manyhands/task/failure-policy.js'
import '#manyhands/compose.js'

import { functionUse } from '../support/work.js'

const LONG_AGO = 1_000_000_000
const ROWS = 3_000

interface Row {
  readonly id: number
  readonly text: string
}

describe('rows that workers read in their file', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'manyhands-ranges-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  const textOf = (character: string): string =>
    Array.from({ length: ROWS }, (_, id) => `${JSON.stringify({ id, text: character.repeat(90) })}\n`).join('')
  function settledFile(name: string): string {
    const path = join(folder, name)
    writeFileSync(path, textOf('a'))
    utimesSync(path, LONG_AGO, LONG_AGO)
    return path
  }
  const rowsOf = async (path: string): Promise<RowFiles<Row>> =>
    new RowFiles<Row>([await openRowFile(path, readOptionsFor(path, { warn: () => {} }))])

  it('are told by their place, unless there are few bytes of them, or a worker could not read others', async () => {
    const path = settledFile('places.jsonl')
    const { value: raw, done } = await (await rowsOf(path)).blocks().next()
    assert.ok(done !== true)
    const block = new ReadBlock(raw, 0)
    const ranges: RangeUse = { mayRead: true }
    const chunk = (first: number, count: number, use: RangeUse | undefined): RowChunk => {
      const assignment = { fn: functionUse(), policy: DEFAULT_POLICY }
      return new RowChunk(block, first, count, 0, { assignment, spread: false, secret: undefined, ranges: use })
    }
    const rangeOf = (one: RowChunk): FileRange | undefined => one.column().range
    const { range, rows, bounds } = chunk(500, 1_000, ranges).column()
    assert.deepEqual([range?.file, rows.length, bounds.length], [path, 0, 2_000])
    const { offset = 0, length = 0 } = range ?? {}
    const there = Buffer.from(textOf('a')).subarray(offset, offset + length)
    assert.deepEqual(
      [0, 999].map((row) => (JSON.parse(String(there.subarray(bounds[2 * row], bounds[2 * row + 1]))) as Row).id),
      [500, 1_499],
    )
    assert.equal(rangeOf(chunk(0, 2, ranges)), undefined)
    assert.equal(rangeOf(chunk(0, 1_000, undefined)), undefined)
    chunk(0, 1, ranges).noteUnread()
    assert.equal(rangeOf(chunk(0, 1_000, ranges)), undefined)
  })

  const changes: Readonly<Record<string, (row: Row, path: string, other: string) => string>> = {
    'is written again': ({ id, text }, path, other) => {
      const { writeFileSync: write } = process.getBuiltinModule('node:fs')
      if (id === 0) write(path, other)
      return text.slice(0, 3)
    },
    'is replaced': ({ id, text }, path, other) => {
      const { renameSync, writeFileSync: write } = process.getBuiltinModule('node:fs')
      if (id === 0) {
        write(`${path}.new`, other)
        renameSync(`${path}.new`, path)
      }
      return text.slice(0, 3)
    },
    shrinks: ({ id, text }, path) => {
      const { truncateSync } = process.getBuiltinModule('node:fs')
      if (id === 0) truncateSync(path, 1_000)
      return text.slice(0, 3)
    },
    grows: ({ id, text }, path) => {
      const { appendFileSync } = process.getBuiltinModule('node:fs')
      if (id === 0) appendFileSync(path, '{"id":1,"text":"aaaa"}')
      return text.slice(0, 3)
    },
    'is deleted': ({ id, text }, path) => {
      const { rmSync: remove } = process.getBuiltinModule('node:fs')
      if (id === 0) remove(path)
      return text.slice(0, 3)
    },
  }
  for (const [name, act] of Object.entries(changes)) {
    it(`are those that the host has read, also if the file ${name} meanwhile`, async () => {
      const path = settledFile(`${name.replaceAll(' ', '-')}.jsonl`)
      const rows = await rowsOf(path)
      const args: [string, string] = [path, textOf('b')]
      const results = await map(rows, act, { backend: 'processes', workers: 2, args })
      assert.deepEqual(new Set(results), new Set(['aaa']))
      // Appended rows come, too, if it was read.
      assert.equal(results.length - ROWS, results.length > ROWS && name === 'grows' ? 1 : 0)
    })
  }
})
