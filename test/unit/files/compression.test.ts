import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import * as zlib from 'node:zlib'

import { checkCompression, compressionOf, decoderFor, encoderFor } from '#manyhands/files/compression.js'
import { formatOfFile } from '#manyhands/files/file-format.js'
import { openRowFile, readOptionsFor } from '#manyhands/files/open-row-file.js'
import type { RowBlock } from '#manyhands/rows/row-block.js'

import { valuesIn } from '../rows/support.js'

const warn = (message: string): never => assert.fail(message)
const hasZstd = 'createZstdDecompress' in zlib

describe('compressed files', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'manyhands-compressed-'))
  })
  after(() => rm(folder, { recursive: true }))

  const rows = Array.from({ length: 60_000 }, (_, index) => ({ index, text: String(Math.sin(index)) }))
  const text = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))

  /** The rows that are read before the end, or the error. */
  async function read(name: string, bytes: Buffer): Promise<{ values: unknown[]; error?: unknown; count: unknown }> {
    const path = join(folder, name)
    await writeFile(path, bytes)
    const file = await openRowFile(path, readOptionsFor(path, { warn }))
    const blocks: RowBlock[] = []
    try {
      for await (const block of file.blocks()) blocks.push(block)
    } catch (error) {
      return { values: valuesIn(blocks), error, count: file.count }
    }
    return { values: valuesIn(blocks), count: file.count }
  }

  const compressed = {
    gz: zlib.gzipSync,
    br: (bytes: Buffer) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } }),
  }

  for (const [extension, compress] of Object.entries(compressed)) {
    it(`.${extension} is read as what it was`, async () => {
      assert.deepEqual(await read(`rows.jsonl.${extension}`, compress(text)), { values: rows, count: undefined })
    })

    it(`a truncated .${extension}: the rows before that are read, then the error names the file`, async () => {
      const whole = compress(text)
      const { values, error } = await read(`cut.jsonl.${extension}`, whole.subarray(0, whole.length * 0.8))
      assert.ok(values.length > 0.5 * rows.length && values.length < rows.length, `${values.length} rows`)
      assert.deepEqual(values, rows.slice(0, values.length))
      assert.match(String(error), /DataFileError: .*cut\.jsonl\.\w+ is truncated/)
    })

    it(`what is not .${extension} at all is an error that names the file`, async () => {
      const { values, error } = await read(`not.jsonl.${extension}`, Buffer.from('{"a":1}\n'.repeat(100)))
      assert.deepEqual(values, [])
      assert.match(String(error), /DataFileError: .*not\.jsonl\.\w+ (cannot be decompressed as|is truncated)/)
    })
  }

  it('gzip members one after the other are one file', async () => {
    const { values } = await read('members.jsonl.gz', Buffer.concat([zlib.gzipSync('1\n2'), zlib.gzipSync('3\n4\n')]))
    assert.deepEqual(values, [1, 23, 4])
  })

  it('data behind the end of .br is an error: it would be lost', async () => {
    const one = zlib.brotliCompressSync('1\n2\n')
    const { values, error } = await read('behind.jsonl.br', Buffer.concat([one, one]))
    assert.deepEqual(values, [1, 2])
    assert.match(String(error), /behind\.jsonl\.br cannot be decompressed as brotli: other data follows behind its end/)
  })

  it('a header of a compressed file is checked when it is opened', async () => {
    await assert.rejects(read('twice.csv.gz', zlib.gzipSync('a,a\n')), { name: 'DataFileError', line: 1 })
  })

  it('to break off closes the file and its decoder', async () => {
    const path = join(folder, 'long.txt.gz')
    await writeFile(path, zlib.gzipSync('some text\n'.repeat(1_000_000)))
    const blocks = (await openRowFile(path, readOptionsFor(path, { warn }))).blocks()
    await blocks.next()
    await blocks.return()
    assert.equal((await blocks.next()).done, true)
  })

  it('.zst is read where Node can, and is a clear error elsewhere', { skip: hasZstd && 'this Node has it' }, () => {
    assert.throws(() => checkCompression('zstd'), {
      name: 'UnsupportedError',
      message: /\.zst need Node 22\.15 or later/,
    })
  })

  it(
    'frames of .zst one after the other are one file; one that is not complete is an error',
    { skip: !hasZstd && 'this Node has it not' },
    async () => {
      const { zstdCompressSync } = zlib as unknown as { zstdCompressSync: (text: string) => Buffer }
      const frames = Buffer.concat([zstdCompressSync('1\n2'), zstdCompressSync('3\n4\n')])
      assert.deepEqual((await read('two.jsonl.zst', frames)).values, [1, 23, 4])
      const { values, error } = await read('cut.jsonl.zst', frames.subarray(0, -3))
      assert.deepEqual(values, [1])
      assert.match(String(error), /cut\.jsonl\.zst is truncated/)
    },
  )

  it('.zst is written and read', { skip: !hasZstd && 'this Node has it not' }, async () => {
    checkCompression('zstd')
    const encoder = encoderFor('zstd')
    encoder?.end(text)
    const pieces: Buffer[] = []
    for await (const piece of encoder as AsyncIterable<Buffer>) pieces.push(piece)
    const { values } = await read('rows.jsonl.zst', Buffer.concat(pieces))
    assert.deepEqual(values, rows)
  })

  for (const compression of ['gzip', 'brotli'] as const) {
    it(`${compression}: what is compressed is decompressed`, async () => {
      const [encoder, decoder] = [encoderFor(compression), decoderFor(compression)]
      assert.ok(encoder !== undefined && decoder !== undefined)
      encoder.pipe(decoder)
      encoder.end('text')
      await once(decoder, 'readable')
      assert.equal(String(decoder.read()), 'text')
    })
  }

  it('compression and format go by the end of the name', () => {
    const names = ['a.csv.gz', 'b.jsonl.ZST', 'c.br', 'd.gz.tsv', 'gz']
    assert.deepEqual(names.map(compressionOf), ['gzip', 'zstd', 'brotli', 'none', 'none'])
    assert.deepEqual(names.map(formatOfFile), ['csv', 'jsonl', 'lines', 'tsv', 'lines'])
  })
})
