import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import { float64, int64, tableFromArrays, tableFromIPC, tableToIPC, utf8 } from '@uwdata/flechette'
import { ByteWriter, parquetWrite } from 'hyparquet-writer'
import { map } from 'manyhands'
import { rows, writeRows } from 'manyhands/files'

import { loadPackage } from '#manyhands/files/tables/load-package.js'

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = []
  for await (const value of values) read.push(value)
  return read
}

describe('Parquet and Arrow', () => {
  let folder = ''
  const at = (name: string): string => join(folder, name)
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'manyhands-tables-'))
  })
  after(() => rm(folder, { recursive: true }))

  const date = new Date('2026-11-30T12:00:00Z')

  /** Writes a file as others do, with several row groups. */
  async function parquet(name: string, columnData: Parameters<typeof parquetWrite>[0]['columnData']): Promise<string> {
    const writer = new ByteWriter()
    parquetWrite({ writer, columnData, rowGroupSize: 2 })
    await writeFile(at(name), writer.getBytes())
    return at(name)
  }

  it('Parquet: values of every type, nulls and nested ones, over several row groups', async () => {
    const path = await parquet('types.parquet', [
      { name: 'text', data: ['a', 'é"\n', null], type: 'STRING' },
      { name: 'int', data: [1, -2, null], type: 'INT32' },
      { name: 'long', data: [1n, -(2n ** 53n) + 1n, null], type: 'INT64' },
      { name: 'double', data: [1.5, Number.NaN, -0], type: 'DOUBLE' },
      { name: 'flag', data: [true, false, null], type: 'BOOLEAN' },
      { name: 'time', data: [date, null, date], type: 'TIMESTAMP' },
      { name: 'bytes', data: [new Uint8Array([1, 255]), null, new Uint8Array()], type: 'BYTE_ARRAY' },
      { name: 'json', data: [{ a: [1, { b: null }] }, 'x', 3], type: 'JSON' },
      { name: '__proto__', data: ['p', 'q', 'r'], type: 'STRING' },
    ])
    const read = await all(rows<Record<string, unknown>>(path))
    assert.deepEqual(
      read.map((row) => Object.entries(row)),
      [
        ['a', 1, 1, 1.5, true, date, new Uint8Array([1, 255]), { a: [1, { b: null }] }, 'p'],
        ['é"\n', -2, -(2 ** 53) + 1, Number.NaN, false, null, null, 'x', 'q'],
        [null, null, null, -0, null, date, new Uint8Array(), 3, 'r'],
      ].map((values) =>
        ['text', 'int', 'long', 'double', 'flag', 'time', 'bytes', 'json', '__proto__'].map((name, i) => [
          name,
          values[i],
        ]),
      ),
    )
  })

  it('Parquet: integers beyond 2^53 are bigints if that is asked for, and rounded with a warning otherwise', async () => {
    const path = await parquet('long.parquet', [{ name: 'id', data: [1n, 2n ** 60n + 1n], type: 'INT64' }])
    assert.deepEqual(await all(rows(path, { numbers: 'exact' })), [{ id: 1 }, { id: 2n ** 60n + 1n }])
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
    assert.deepEqual(await all(rows(path)), [{ id: 1 }, { id: 2 ** 60 }])
    assert.match((await warned).message, /long\.parquet holds 1152921504606846977/)
  })

  it('Parquet as inputs of map: dates and bytes arrive in workers as what they are', async () => {
    const path = await parquet('map.parquet', [
      { name: 'time', data: [date, date, date], type: 'TIMESTAMP' },
      { name: 'bytes', data: [new Uint8Array([1]), new Uint8Array([2]), new Uint8Array([3])], type: 'BYTE_ARRAY' },
    ])
    const results = await map(
      rows<{ time: Date; bytes: Uint8Array }>(path),
      ({ time, bytes }) => [time.getUTCFullYear(), bytes[0]],
      { workers: 1 },
    )
    assert.deepEqual(results, [
      [2026, 1],
      [2026, 2],
      [2026, 3],
    ])
  })

  it('Parquet: what is no Parquet, is compressed as a whole, or comes through a stream is an error that names it', async () => {
    await writeFile(at('no.parquet'), 'a,b\n1,2\n')
    await assert.rejects(all(rows(at('no.parquet'))), {
      code: 'MH_DATA_FILE',
      message: /no\.parquet cannot be read as Parquet: ./,
    })
    await writeFile(at('packed.parquet.gz'), 'x')
    await assert.rejects(all(rows(at('packed.parquet.gz'))), {
      code: 'MH_DATA_FILE',
      message: /packed\.parquet\.gz cannot be read as Parquet: expected a file that is not compressed/,
    })
    async function* stream(): AsyncGenerator<Uint8Array, void, undefined> {
      yield Buffer.from('x')
    }
    await assert.rejects(all(rows(stream(), { format: 'parquet' })), { code: 'MH_DATA_FILE', message: /no pipe/ })
    await assert.rejects(all(rows(at('lost.parquet'))), { code: 'MH_DATA_FILE', message: /lost\.parquet: ENOENT/ })
  })

  it('Arrow: values of several types, dates and integers of 64 bits', async () => {
    const table = tableFromArrays(
      { text: ['a', null, 'ü'], n: [1.5, 2, null], id: [1n, 2n, 2n ** 60n] },
      { types: { text: utf8(), n: float64(), id: int64() } },
    )
    for (const [name, format] of [
      ['a.arrow', 'file'],
      ['b.arrow', 'stream'],
    ] as const) {
      await writeFile(at(name), tableToIPC(table, { format }) as Uint8Array)
      assert.deepEqual(await all(rows(at(name), { numbers: 'exact' })), [
        { text: 'a', n: 1.5, id: 1 },
        { text: null, n: 2, id: 2 },
        { text: 'ü', n: null, id: 2n ** 60n },
      ])
    }
    await writeFile(at('no.arrow'), 'a,b\n1,2\n')
    await assert.rejects(all(rows(at('no.arrow'))), {
      code: 'MH_DATA_FILE',
      message: /no\.arrow cannot be read as Arrow: ./,
    })
  })

  for (const [title, name] of [
    ['Parquet', 'out.parquet'],
    ['Arrow', 'out.arrow'],
  ] as const) {
    it(`writeRows: what is written as ${title} is read as it was, over several groups`, async () => {
      const values = Array.from({ length: 120_000 }, (_, n) => ({
        n,
        half: n / 2,
        text: n % 7 === 0 ? '' : `row ${n} é`,
        flag: n % 2 === 0,
        time: n % 3 === 0 ? null : new Date(n * 1_000),
        bytes: new Uint8Array([n & 255]),
        none: null,
        nested: { list: [n, 'x'] },
        mixed: n % 2 === 0 ? n : String(n),
      }))
      const { rows: count, bytes } = await writeRows(at(name), values)
      assert.equal(count, values.length)
      assert.equal(bytes, (await stat(at(name))).size)
      assert.deepEqual(await all(rows(at(name))), values)
    })

    it(`writeRows: ${title} refuses rows with other fields, and other types than the first rows had`, async () => {
      await assert.rejects(writeRows(at(name), [{ a: 1 }, { b: 2 }]), {
        code: 'MH_DATA_FILE',
        message: /it has a field "b"/,
      })
      function* changes(): Generator<object, void, undefined> {
        for (let n = 0; n < 50_000; n++) yield { a: n }
        yield { a: 'text' }
      }
      await assert.rejects(writeRows(at(name), changes()), {
        code: 'MH_DATA_FILE',
        message: /its field "a" is a string; this column of the file is DOUBLE/,
      })
      assert.equal((await all(rows(at(name)))).length, 50_000)
    })

    it(`writeRows: ${title} keeps bigints, and rows that are no objects are a column`, async () => {
      await writeRows(at(name), [{ id: 2n ** 60n + 1n, other: 2n ** 70n, list: [2n ** 60n] }])
      assert.deepEqual(await all(rows(at(name), { numbers: 'exact' })), [
        { id: 2n ** 60n + 1n, other: String(2n ** 70n), list: [String(2n ** 60n)] },
      ])
      await writeRows(at(name), ['a', 'b'])
      assert.deepEqual(await all(rows(at(name))), [{ value: 'a' }, { value: 'b' }])
    })

    it(`writeRows: ${title} of no rows, of invalid dates, and of what JSON leaves out`, async () => {
      await writeRows(at(name), [])
      assert.deepEqual(await all(rows(at(name))), [])
      await writeRows(at(name), [{ time: new Date(Number.NaN), f: () => 1, half: Number.NaN }, { time: date }])
      assert.deepEqual(await all(rows(at(name))), [
        { time: null, f: null, half: Number.NaN },
        { time: date, f: null, half: null },
      ])
    })

    it(`writeRows: ${title} names the field of a value that has no form in it`, async () => {
      const cycle: { self?: unknown } = {}
      cycle.self = cycle
      await assert.rejects(writeRows(at(name), [{ a: 1, b: cycle }]), {
        code: 'MH_DATA_FILE',
        message: /cannot write \S+: a value of its field "b" has no form in JSON: ./,
      })
    })
  }

  it('Arrow files are those of the format: their footers have the place of each batch', async () => {
    const values = Array.from({ length: 100_001 }, (_, n) => ({ n, text: `t${n % 5}`, nested: [n] }))
    await writeRows(at('footer.arrow'), values)
    const table = tableFromIPC(await readFile(at('footer.arrow')))
    assert.deepEqual(
      table.children.map((column) => column.data.map(({ length }) => length)),
      [0, 1, 2].map(() => [50_000, 50_000, 1]),
    )
    assert.equal(table.getChild('nested').at(100_000), '[100000]')
    assert.equal(table.getChild('n').at(99_999), 99_999)
  })

  it('writeRows: tables in .gz are refused', async () => {
    await assert.rejects(writeRows(at('x.arrow.gz'), []), {
      code: 'MH_UNSUPPORTED',
      message: /Arrow cannot be compressed/,
    })
    await assert.rejects(writeRows(at('x.parquet.gz'), []), { code: 'MH_UNSUPPORTED', message: /compressed inside/ })
  })

  it('a package that is not installed is named', async () => {
    await assert.rejects(loadPackage('manyhands-has-no-such-package', 'Parquet', 'hyparquet'), {
      code: 'MH_UNSUPPORTED',
      message: 'Parquet needs a package that is not installed: npm i hyparquet',
    })
  })
})
