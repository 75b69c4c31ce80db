import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'

import { map } from 'manyhands'
import { lines, rows } from 'manyhands/files'

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = []
  for await (const value of values) read.push(value)
  return read
}

describe('rows and lines', () => {
  let folder = ''
  const at = (name: string): string => join(folder, name)
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'manyhands-rows-'))
    await writeFile(at('a.csv'), 'n,text\n1,one\n2,"t,wo"\n')
    await writeFile(at('b.jsonl'), '{"n":3}\n\n{"n":4}\n')
    await writeFile(at('c.json'), '[{"n":5},{"n":6}]')
    await writeFile(at('d.jsonl.gz'), gzipSync('{"n":7}\n'))
    await writeFile(at('broken.jsonl'), '{"n":8}\n{"n":\n{"n":9}\n')
    await writeFile(at('ids.jsonl'), '12345678901234567890\n')
  })
  after(() => rm(folder, { recursive: true }))

  it('files of several formats, by path, URL and glob, one after the other', async () => {
    assert.deepEqual(await all(rows([at('a.csv'), pathToFileURL(at('b.jsonl')), at('[cd].json*')])), [
      { n: '1', text: 'one' },
      { n: '2', text: 't,wo' },
      ...[3, 4, 5, 6, 7].map((n) => ({ n })),
    ])
  })

  it('the same rows can be read again', async () => {
    const twice = rows(at('b.jsonl'))
    assert.deepEqual(
      [await all(twice), await all(twice)],
      [
        [{ n: 3 }, { n: 4 }],
        [{ n: 3 }, { n: 4 }],
      ],
    )
  })

  it('lines are texts, whatever the file is called', async () => {
    assert.deepEqual(await all(lines(at('b.jsonl'))), ['{"n":3}', '', '{"n":4}'])
  })

  it('streams are lines, or of the format that is given', async () => {
    assert.deepEqual(await all(rows(createReadStream(at('a.csv')))), ['n,text', '1,one', '2,"t,wo"'])
    assert.deepEqual(await all(rows(createReadStream(at('b.jsonl')), { format: 'jsonl' })), [{ n: 3 }, { n: 4 }])
    assert.deepEqual(await all(rows(createReadStream(at('d.jsonl.gz')), { format: 'jsonl', compression: 'gzip' })), [
      { n: 7 },
    ])
    assert.deepEqual(await all(lines(Readable.from([Buffer.from('x\ny')]))), ['x', 'y'])
  })

  it('as inputs of map they are parsed in the workers, and a broken row is the failure of its task', async () => {
    const settled = await all(map(rows<{ n: number }>(at('broken.jsonl')), ({ n }) => n * 2, { workers: 1 }).settled())
    assert.deepEqual(
      settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.code)),
      [16, 'MH_ROW_UNREADABLE', 18],
    )
    assert.match(String(settled[1]?.status === 'rejected' && settled[1].reason), /broken\.jsonl:2: not JSON/)
  })

  it('in a loop a broken row ends it, after the rows before', async () => {
    const read: unknown[] = []
    await assert.rejects(
      async () => {
        for await (const row of rows(at('broken.jsonl'))) read.push(row)
      },
      { name: 'DataFileError', code: 'MH_DATA_FILE', file: at('broken.jsonl'), line: 2 },
    )
    assert.deepEqual(read, [{ n: 8 }])
  })

  it('integers beyond 2^53 are kept if that is asked for, and warned of once otherwise', async () => {
    assert.deepEqual(await all(rows(at('ids.jsonl'), { numbers: 'exact' })), [12345678901234567890n])
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
    assert.deepEqual(await all(rows(at('ids.jsonl'))), [Number('12345678901234567890')])
    assert.match((await warned).message, /ids\.jsonl:1 holds 12345678901234567890/)
  })

  it('a file that is missing, a pattern without files and a wrong header are errors of the reader', async () => {
    await assert.rejects(all(rows(at('lost.csv'))), {
      code: 'MH_DATA_FILE',
      message: /cannot read the inputs in .*lost\.csv: ENOENT/,
    })
    await assert.rejects(all(rows(at('*.none'))), { code: 'MH_DATA_FILE', message: /no files match ".*\*\.none"/ })
    await writeFile(at('twice.csv'), 'a,a\n')
    await assert.rejects(map(rows(at('twice.csv')), String).toArray(), {
      code: 'MH_DATA_FILE',
      message: /columns 1 and 2/,
    })
  })

  it('wrong arguments are told at the call', () => {
    const wrong = (call: () => unknown, message: RegExp): void =>
      assert.throws(call, { name: 'InvalidArgumentError', message })
    wrong(() => rows(3 as never), /^paths: expected a path, .* got 3/)
    wrong(() => rows(['a', null as never]), /^paths: /)
    wrong(() => rows(new URL('https://example.org/a.csv')), /^paths: /)
    wrong(() => rows('a', { format: 'cvs' as never }), /format: .*Did you mean "csv"/)
    wrong(() => rows('a', { compression: 'zip' as never }), /compression: /)
    wrong(() => rows('a', { numbers: 'big' as never }), /numbers: /)
    wrong(() => lines('a', { format: 'csv' } as never), /format/)
  })
})
