import assert from 'node:assert/strict'
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import { formatOfFile } from '#manyhands/files/file-format.js'
import { openRowFile, openRowStream, type ReadOptions, readOptionsFor } from '#manyhands/files/open-row-file.js'
import { type RowFile, RowFiles } from '#manyhands/files/row-files.js'
import type { RowBlock } from '#manyhands/rows/row-block.js'
import { RowRange } from '#manyhands/rows/row-range.js'

import { piecesOf, valuesIn } from '../rows/support.js'

const warn = (message: string): never => assert.fail(message)
const CSV: ReadOptions = readOptionsFor('in.csv', { warn })

async function blocksOf(rows: { blocks(): AsyncIterable<RowBlock> }): Promise<RowBlock[]> {
  const all: RowBlock[] = []
  for await (const block of rows.blocks()) all.push(block)
  return all
}

describe('files of rows', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'manyhands-files-'))
  })
  after(() => rm(folder, { recursive: true }))

  async function file(name: string, text: string | Buffer): Promise<string> {
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }
  const open = async (path: string): Promise<RowFile> =>
    await openRowFile(path, readOptionsFor(path, { counts: true, warn }))

  it('a file of several MiB is read whole, counted, in blocks of whole rows', async () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => ({ index, text: 'é'.repeat(index % 97) }))
    const path = await file('large.jsonl', rows.map((row) => JSON.stringify(row)).join('\n\n'))
    const opened = await open(path)
    assert.equal(opened.count, rows.length)
    const blocks = await blocksOf(opened)
    assert.ok(blocks.length > 2)
    assert.deepEqual(valuesIn(blocks), rows)
    assert.deepEqual(
      blocks.map((block) => block.lineOf(0)),
      blocks.map((block) => 2 * (valuesIn([block])[0] as { index: number }).index + 1),
    )
  })

  it('to break off closes the file', async () => {
    const path = await file('long.txt', 'x\n'.repeat(2 ** 21))
    const blocks = (await open(path)).blocks()
    await blocks.next()
    await blocks.return()
    assert.equal((await blocks.next()).done, true)
  })

  it('a file that grows while it is read is read to its new end; one that shrinks ends where it does then', async () => {
    const text = 'some text\n'.repeat(400_000)
    for (const [name, change, more] of [
      ['grows', (path: string) => appendFile(path, 'more\n'), 1],
      ['shrinks', (path: string) => truncate(path, 3_500_000), -50_000],
    ] as const) {
      const path = await file(name, text)
      let rows = 0
      let isFirst = true
      for await (const block of (await open(path)).blocks()) {
        if (isFirst) await change(path)
        isFirst = false
        rows += block.bounds.length / 2
      }
      assert.equal(rows, 400_000 + more)
    }
  })

  it('rows of several files are one supply, whose values name the file and line of what cannot be read', async () => {
    const files = await Promise.all([file('a.csv', 'a\n1\n'), file('b.jsonl', '\n{"a":2}\n{oops\n')])
    const rows = new RowFiles(await Promise.all(files.map(open)))
    assert.equal(rows.count(), 3)
    const read: unknown[] = []
    await assert.rejects(
      async () => {
        for await (const row of rows) read.push(row)
      },
      { name: 'DataFileError', line: 3, file: files[1], message: /b\.jsonl:3: not JSON: / },
    )
    assert.deepEqual(read, [{ a: '1' }, { a: 2 }])
  })

  for (const [skip, limit, expected] of [
    [0, Infinity, ['1', '2', '3', '4']],
    [0, 2, ['1', '2']],
    [1, 2, ['2', '3']],
    [3, 9, ['4']],
    [9, 9, []],
    [0, 0, []],
  ] as const) {
    it(`a range of rows: skip ${skip}, limit ${limit}`, async () => {
      const files = await Promise.all([file('one', '1\n2\n'), file('two', '3\n4')])
      const range = new RowRange(new RowFiles(await Promise.all(files.map(open))), skip, limit)
      assert.equal(range.count(), expected.length)
      const blocks = await blocksOf(range)
      assert.deepEqual(valuesIn(blocks), expected)
    })
  }

  it('a range reads no further than its limit', async () => {
    const files = [await open(await file('first', '1\n2\n')), { blocks: () => assert.fail(), count: undefined }]
    assert.deepEqual(valuesIn(await blocksOf(new RowRange(new RowFiles(files), 0, 2))), ['1', '2'])
  })

  it('bytes that are not UTF-8 are warned of once for plain lines, and not for U+FFFD itself', async () => {
    const warnings: string[] = []
    const bad = await file('bad.txt', Buffer.from([0xff, 0x0a, 0xff, 0x0a]))
    const opened = await openRowFile(bad, readOptionsFor(bad, { warn: (message) => warnings.push(message) }))
    assert.deepEqual(warnings, [])
    assert.deepEqual(valuesIn(await blocksOf(opened)), ['\uFFFD', '\uFFFD'])
    assert.deepEqual(warnings, [`${bad} holds bytes that are not UTF-8: they arrive as "\uFFFD"`])
    await blocksOf(await open(await file('fine.txt', '\uFFFD')))
  })

  it('a file that is gone when its turn comes is an error that names it', async () => {
    const path = await file('gone.txt', 'x\n')
    const opened = await open(path)
    await rm(path)
    await assert.rejects(blocksOf(opened), {
      name: 'DataFileError',
      message: /^cannot read the inputs in .*gone\.txt: ENOENT: no such file/,
    })
  })

  it('the header of a stream is read first, no further, and nothing is lost', async () => {
    let read = 0
    async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
      for (const text of ['a,', 'b', '\n', '1,2\n3', ',4']) {
        read++
        yield Buffer.from(text)
      }
    }
    const opened = await openRowStream(pieces(), 'in', CSV)
    assert.equal(read, 3)
    assert.deepEqual(valuesIn(await blocksOf(opened)), [
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ])
    await assert.rejects(openRowStream(piecesOf(Buffer.from('a,a\n')), 'in', CSV), { line: 1 })
  })
})

it('the format goes by the end of the name', () => {
  const names = ['a.jsonl', 'a.NDJSON', 'a.json', 'a.csv', 'x.csv.tsv', 'a.txt', 'csv', '/dev/fd/3']
  assert.deepEqual(names.map(formatOfFile), ['jsonl', 'jsonl', 'json', 'csv', 'tsv', 'lines', 'lines', 'lines'])
})
