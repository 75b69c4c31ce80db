import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import { float64, int64, tableFromArrays, tableToIPC, utf8 } from '@uwdata/flechette'
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

  it('writeRows: what is written as Parquet is read as it was', async () => {
    const values = Array.from({ length: 120_000 }, (_, n) => ({
      n,
      half: n / 2,
      text: `row ${n}`,
      flag: n % 2 === 0,
      time: n % 3 === 0 ? null : new Date(n * 1_000),
      nested: { list: [n, 'x'] },
      mixed: n % 2 === 0 ? n : String(n),
    }))
    const { rows: count } = await writeRows(at('out.parquet'), values)
    assert.equal(count, values.length)
    assert.deepEqual(await all(rows(at('out.parquet'))), values)
  })

  it('writeRows: Parquet refuses rows with other fields, and other types than the first rows had', async () => {
    await assert.rejects(writeRows(at('x.parquet'), [{ a: 1 }, { b: 2 }]), {
      code: 'MH_DATA_FILE',
      message: /it has a field "b"/,
    })
    function* changes(): Generator<object, void, undefined> {
      for (let n = 0; n < 50_000; n++) yield { a: n }
      yield { a: 'text' }
    }
    await assert.rejects(writeRows(at('x.parquet'), changes()), {
      code: 'MH_DATA_FILE',
      message: /its field "a" is a string; this column of the file is DOUBLE/,
    })
    assert.equal((await all(rows(at('x.parquet')))).length, 50_000)
  })

  it('writeRows: bigints are kept, and rows that are no objects are a column', async () => {
    await writeRows(at('big.parquet'), [{ id: 2n ** 60n + 1n, other: 2n ** 70n }])
    assert.deepEqual(await all(rows(at('big.parquet'), { numbers: 'exact' })), [
      { id: 2n ** 60n + 1n, other: String(2n ** 70n) },
    ])
    await writeRows(at('one.parquet'), ['a', 'b'])
    assert.deepEqual(await all(rows(at('one.parquet'))), [{ value: 'a' }, { value: 'b' }])
  })

  it('writeRows: Arrow, and Parquet in .gz, are refused', async () => {
    await assert.rejects(writeRows(at('x.arrow'), []), { code: 'MH_UNSUPPORTED', message: /Write Parquet/ })
    await assert.rejects(writeRows(at('x.parquet.gz'), []), { code: 'MH_UNSUPPORTED', message: /compressed inside/ })
  })

  it('a package that is not installed is named', async () => {
    const missing = Object.assign(new Error('no'), { code: 'ERR_MODULE_NOT_FOUND' })
    await assert.rejects(
      loadPackage(() => Promise.reject(missing), 'Parquet', 'hyparquet'),
      {
        code: 'MH_UNSUPPORTED',
        message: 'Parquet needs a package that is not installed: npm i hyparquet',
      },
    )
  })
})
