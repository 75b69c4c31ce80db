import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

import * as fc from 'fast-check'
import { map } from 'manyhands'
import { rows, writeRows, type WriteRowsOptions } from 'manyhands/files'

import { seed } from '../../support/seed.js'

describe('writeRows', () => {
  let folder = ''
  const at = (name: string): string => join(folder, name)
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'manyhands-write-'))
  })
  after(() => rm(folder, { recursive: true }))

  async function written(name: string, values: Iterable<unknown>, options?: WriteRowsOptions): Promise<string> {
    const { bytes } = await writeRows(at(name), values, options)
    const content = await readFile(at(name))
    assert.equal(bytes, content.length)
    return content.toString()
  }

  it('by name: JSON Lines, JSON, CSV, TSV, and lines for other names', async () => {
    const two = [
      { a: 1, b: 'x' },
      { a: null, b: 'y,"z"' },
    ]
    assert.equal(await written('a.jsonl', two), '{"a":1,"b":"x"}\n{"a":null,"b":"y,\\"z\\""}\n')
    assert.equal(await written('a.json', two), '[\n{"a":1,"b":"x"},\n{"a":null,"b":"y,\\"z\\""}\n]\n')
    assert.equal(await written('a.csv', two), 'a,b\n1,x\n,"y,""z"""\n')
    assert.equal(await written('a.tsv', two), 'a\tb\n1\tx\n\t"y,""z"""\n')
    assert.equal(await written('a.txt', ['x', 2, 3n, true]), 'x\n2\n3\ntrue\n')
    assert.equal(await written('a.other', two, { format: 'csv' }), 'a,b\n1,x\n,"y,""z"""\n')
  })

  it('nothing is an empty file, or an empty array', async () => {
    assert.equal(await written('none.csv', []), '')
    assert.equal(await written('none.json', []), '[]\n')
    assert.deepEqual(await writeRows(at('none.jsonl'), []), { rows: 0, bytes: 0 })
  })

  it('CSV: the columns are those of the first row; fields may lack, dates and nested values have a text', async () => {
    const date = new Date('2026-11-30T12:00:00Z')
    assert.equal(
      await written('c.csv', [{ a: date, b: { c: [1] }, d: undefined }, { d: 'x\ny' }]),
      'a,b,d\n2026-11-30T12:00:00.000Z,"{""c"":[1]}",\n,,"x\ny"\n',
    )
    assert.equal(await written('v.csv', ['one', '', 3]), 'value\none\n""\n3\n')
    await assert.rejects(writeRows(at('x.csv'), [{ a: 1 }, { a: 1, b: 2 }]), {
      code: 'MH_DATA_FILE',
      message: /x\.csv: it has a field "b", which the first row had not/,
    })
    assert.equal(await readFile(at('x.csv'), 'utf8'), 'a\n1\n')
    await assert.rejects(writeRows(at('x.csv'), [[1, 2]]), { message: /expected an object .* got an array/ })
  })

  it('lines refuse objects, and texts with newlines', async () => {
    await assert.rejects(writeRows(at('l.txt'), [{}]), {
      code: 'MH_DATA_FILE',
      message: /l\.txt as a line: expected a text/,
    })
    await assert.rejects(writeRows(at('l.txt'), ['a\nb']), { message: /it holds a newline/ })
  })

  it('compressed by name, or as the option says', async () => {
    await writeRows(at('z.jsonl.gz'), [1, 2])
    assert.equal(gunzipSync(await readFile(at('z.jsonl.gz'))).toString(), '1\n2\n')
    await writeRows(at('z.csv'), [{ a: 1 }], { compression: 'brotli' })
    assert.equal(brotliDecompressSync(await readFile(at('z.csv'))).toString(), 'a\n1\n')
  })

  it('results of map are written as they come, many rows with bounded memory', async () => {
    function* numbers(): Generator<number, void, undefined> {
      for (let n = 0; n < 50_000; n++) yield n
    }
    const { rows: count, bytes } = await writeRows(
      at('m.csv.gz'),
      map(numbers(), (n) => ({ n, text: 'x'.repeat(100) }), { backend: 'serial' }),
    )
    assert.equal(count, 50_000)
    assert.equal(bytes, (await stat(at('m.csv.gz'))).size)
    let sum = 0
    for await (const { n } of rows<{ n: string }>(at('m.csv.gz'))) sum += Number(n)
    assert.equal(sum, (50_000 * 49_999) / 2)
  })

  it('what the file held stays until the first row comes, and if the first read fails', async () => {
    await writeFile(at('kept.jsonl'), 'before\n')
    let seen = ''
    async function* values(): AsyncGenerator<unknown, void, undefined> {
      seen = await readFile(at('kept.jsonl'), 'utf8')
      yield 1
    }
    await writeRows(at('kept.jsonl'), values())
    assert.equal(seen, 'before\n')
    assert.equal(await readFile(at('kept.jsonl'), 'utf8'), '1\n')
  })

  it('if reading throws, the rows before that are there, and the error is that of the reader', async () => {
    async function* values(): AsyncGenerator<unknown, void, undefined> {
      yield 1
      throw new RangeError('no more')
    }
    await assert.rejects(writeRows(at('part.json'), values()), RangeError)
    assert.equal(await readFile(at('part.json'), 'utf8'), '[\n1\n]\n')
  })

  it('a file that cannot be written is an error that names it, and ends the reading', async () => {
    let ended = false
    function* endless(): Generator<number, void, undefined> {
      try {
        for (;;) yield 1
      } finally {
        ended = true
      }
    }
    await assert.rejects(writeRows(join(folder, 'no', 'such.jsonl'), endless()), {
      code: 'MH_DATA_FILE',
      message: /cannot write .*such\.jsonl: ENOENT/,
    })
    if (process.platform === 'linux') {
      await assert.rejects(writeRows('/dev/full', endless(), { format: 'jsonl' }), {
        message: /cannot write \/dev\/full: ENOSPC/,
      })
      assert.ok(ended)
    }
  })

  it('wrong arguments are told', async () => {
    await assert.rejects(writeRows('', []), { name: 'InvalidArgumentError', message: /^path: / })
    await assert.rejects(writeRows('a', 3 as never), { name: 'InvalidArgumentError', message: /^results: / })
    await assert.rejects(writeRows('a', [], { format: 'xml' as never }), {
      name: 'InvalidArgumentError',
      message: /^format: /,
    })
  })

  for (const [extension, text] of [
    ['csv', fc.string({ unit: 'binary' })],
    ['tsv', fc.string({ unit: 'binary' })],
    ['csv', fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ' ', '\t') })],
  ] as const) {
    it(`${extension}: what is written is read as it was`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.record({ a: text, b: text }), { minLength: 1, maxLength: 5 }), async (values) => {
          await writeRows(at(`p.${extension}`), values)
          const read: unknown[] = []
          for await (const row of rows(at(`p.${extension}`))) read.push(row)
          assert.deepEqual(
            read,
            values.map(({ a, b }) => ({ a, b })),
          )
        }),
        { seed, numRuns: 150 },
      )
    })
  }
})
