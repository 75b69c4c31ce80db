import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import { ByteWriter, parquetWrite } from 'hyparquet-writer'
import { map, type MapOptions, TaskError, UnreadableRowError } from 'manyhands'
import { rows } from 'manyhands/files'

import { openRowFile, readOptionsFor } from '#manyhands/files/open-row-file.js'
import type { RowFile } from '#manyhands/files/row-files.js'

interface Row {
  readonly n: number
  readonly text: string | null
  readonly long: number | bigint
  readonly time: Date | null
  readonly nested: { readonly list: readonly number[] } | null
}

const BACKENDS = ['serial', 'threads', 'processes'] as const

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = []
  for await (const value of values) read.push(value)
  return read
}

/** Fails for late rows, unless a file is there. */
function lateFrom900({ n }: Row, flag: string): number {
  if (n >= 900 && !existsSync(flag)) throw new Error('too early')
  return n
}

describe('rows of Parquet that workers read from the file', () => {
  let folder = ''
  let path = ''
  const at = (name: string): string => join(folder, name)
  const count = 1_000

  async function write(name: string, rowGroupSize: number, rowCount = count, more: object = {}): Promise<string> {
    const numbers = Array.from({ length: rowCount }, (_, n) => n)
    const writer = new ByteWriter()
    parquetWrite({
      writer,
      rowGroupSize,
      columnData: [
        { name: 'n', data: numbers, type: 'INT32' },
        { name: 'text', data: numbers.map((n) => (n % 5 === 0 ? null : `é"${n}\n`)), type: 'STRING' },
        { name: 'long', data: numbers.map((n) => BigInt(n) * 3n), type: 'INT64' },
        { name: 'time', data: numbers.map((n) => (n % 3 === 0 ? null : new Date(n))), type: 'TIMESTAMP' },
        { name: 'nested', data: numbers.map((n) => (n % 7 === 0 ? null : { list: [n] })), type: 'JSON' },
      ],
      ...more,
    })
    await writeFile(at(name), writer.getBytes())
    return at(name)
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'manyhands-stored-'))
    path = await write('rows.parquet', 300)
  })
  after(() => rm(folder, { recursive: true }))

  const open = (file: string): Promise<RowFile> => openRowFile(file, readOptionsFor(file, { warn: () => {} }))
  const read = (file = path): AsyncIterable<Row> => rows<Row>(file)

  for (const backend of BACKENDS) {
    const options = { backend, workers: 2 } satisfies MapOptions<Row>

    it(`${backend}: each row arrives as it does in a loop, in order`, async () => {
      const got = await map(read(), (row) => row, options)
      assert.deepEqual(got, await all(read()))
      assert.deepEqual(got[1], { n: 1, text: 'é"1\n', long: 3, time: new Date(1), nested: { list: [1] } })
    })

    it(`${backend}: a small window, and the order in which rows are done`, async () => {
      const small = await map(read(), ({ n }) => n, { ...options, window: 7 })
      assert.deepEqual(
        small,
        Array.from({ length: count }, (_, n) => n),
      )
      const done = await map(read(), ({ n }) => n, { ...options, ordered: false })
      assert.deepEqual(
        done.toSorted((a, b) => a - b),
        small,
      )
    })

    it(`${backend}: a failure has its row, runs again, and the others go on`, async () => {
      const failed: { readonly input: unknown; readonly attempts: number }[] = []
      const got = await map(
        read(),
        ({ n }) => {
          if (n % 400 === 399) throw new Error(`no ${n}`)
          return n
        },
        {
          ...options,
          retries: 1,
          onError: (error) => {
            failed.push({ input: error.input, attempts: error.attempts })
            return -1
          },
        },
      )
      assert.equal(got.filter((n) => n === -1).length, 2)
      // They are told as they fail.
      const first = failed.findIndex(({ input }) => (input as Row).n === 399)
      assert.deepEqual(
        [failed[first], failed[1 - first]],
        [
          { input: { n: 399, text: 'é"399\n', long: 1197, time: null, nested: null }, attempts: 2 },
          { input: { n: 799, text: 'é"799\n', long: 2397, time: new Date(799), nested: { list: [799] } }, attempts: 2 },
        ],
      )
    })

    it(`${backend}: a function may change its row`, async () => {
      const seen = await map(
        read(),
        (row) => {
          const before = row.nested?.list.length ?? 1
          ;(row.nested?.list as number[] | undefined)?.push(1)
          if (row.n === 1 && before === 1) throw new Error('once more')
          return before
        },
        { ...options, retries: 1, onError: () => 1 },
      )
      assert.deepEqual(new Set(seen), new Set([1]))
    })

    it(`${backend}: a journal knows the rows again, those of other files too, and runs only what failed`, async () => {
      const journal = at(`${backend}.jsonl`)
      const flag = at(`${backend}.flag`)
      const run = async (file: string): Promise<(number | undefined)[]> => {
        const outcomes = map(read(file), lateFrom900, { ...options, args: [flag], journal }).settled()
        return (await all(outcomes)).map((one) => (one.status === 'fulfilled' ? one.value : undefined))
      }
      assert.equal((await run(path)).filter((n) => n !== undefined).length, 900)
      await writeFile(flag, '')
      assert.deepEqual(
        await run(path),
        Array.from({ length: 100 }, (_, i) => 900 + i),
      )
      assert.deepEqual(await run(await write('copy.parquet', 300)), [])
    })
  }

  it('a row that ends its worker is told with its content', async () => {
    const [outcome] = await all(
      map(
        read(),
        ({ n }) => {
          if (n === 350) process.exit(3)
          return n
        },
        { backend: 'processes', workers: 2, workerDeaths: 0 },
      ).settled(),
    ).then((outcomes) => outcomes.filter(({ status }) => status === 'rejected'))
    assert.ok(outcome?.status === 'rejected' && outcome.reason instanceof TaskError)
    assert.deepEqual(outcome.reason.input, { n: 350, text: null, long: 1050, time: new Date(350), nested: null })
  })

  it('a file that was changed meanwhile: its rows fail, and say so', async () => {
    const changed = await write('changed.parquet', 300)
    const file = await open(changed)
    const [block] = await all(
      file.storedBlocks?.() as AsyncIterable<{ format: unknown; content?: (row: number) => { format: unknown } }>,
    )
    await utimes(changed, 1, 1)
    assert.deepEqual(block?.content?.(0).format, { kind: 'lines' })
  })

  it('rows of large groups are divided, and each arrives once', async () => {
    const large = await write('large.parquet', 200_000, 150_000)
    const blocks = await all((await open(large)).storedBlocks?.() as AsyncIterable<{ bounds: Uint32Array }>)
    assert.deepEqual(
      blocks.map(({ bounds }) => bounds.length / 2),
      [50_000, 50_000, 50_000],
    )
    const got = await map(read(large), ({ n, nested }) => (nested === null ? n : (nested.list[0] as number)), {
      workers: 2,
    })
    assert.deepEqual(
      got,
      Array.from({ length: 150_000 }, (_, n) => n),
    )
  })

  it('a group that cannot be decoded fails with its rows', async () => {
    const bytes = await import('node:fs/promises').then(({ readFile }) => readFile(path))
    bytes.fill(0xff, 20, 400)
    await writeFile(at('broken.parquet'), bytes)
    const outcomes = await all(map(read(at('broken.parquet')), ({ n }) => n, { workers: 2 }).settled())
    const failed = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    assert.equal(outcomes.length, count)
    assert.equal(failed.length, 300)
    assert.ok(failed.every((error) => error instanceof UnreadableRowError))
    assert.match(failed[0]?.message ?? '', /broken\.parquet:1: \S+broken\.parquet cannot be read as Parquet: ./)
  })

  it('integers without statistics are read by the host, since one may be rounded', async () => {
    const without = await write('without.parquet', 300, count, { statistics: false })
    assert.equal((await open(without)).storedBlocks, undefined)
    assert.notEqual((await open(path)).storedBlocks, undefined)
    assert.equal((await map(read(without), ({ n }) => n)).length, count)
  })
})
