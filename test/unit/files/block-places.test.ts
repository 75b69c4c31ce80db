import assert from 'node:assert/strict'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'

import { openRowFile, readOptionsFor } from '#manyhands/files/open-row-file.js'
import type { RowBlock } from '#manyhands/rows/row-block.js'

const LONG_AGO = 1_000_000_000

describe('places of blocks', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'manyhands-places-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  function file(name: string, content: string | Buffer, isSettled = true): string {
    const path = join(folder, name)
    writeFileSync(path, content)
    if (isSettled) utimesSync(path, LONG_AGO, LONG_AGO)
    return path
  }
  async function* blocksOf(path: string): AsyncGenerator<RowBlock, void, undefined> {
    yield* (await openRowFile(path, readOptionsFor(path, { warn: () => {} }))).blocks()
  }
  async function placesOf(path: string): Promise<unknown[]> {
    const places: unknown[] = []
    for await (const { place } of blocksOf(path)) places.push(place)
    return places
  }

  const line = `{"text":"${'é'.repeat(60)}"}`
  const longText = `${line}\n\n`.repeat(20_000)
  for (const [name, content] of Object.entries({
    'long.jsonl': longText,
    'mark.jsonl': `\uFEFF${longText}`,
    'long.txt': longText.replaceAll('\n', '\r\n'),
    'long.csv': `a,"b\nc"\n${'1,"x\n""y"""\n'.repeat(200_000)}`,
    'short.tsv': 'a\tb\n1\t2',
  })) {
    it(`are where their bytes are: ${name}`, async () => {
      const path = file(name, content)
      const fd = openSync(path, 'r')
      let blocks = 0
      for await (const { bytes, place } of blocksOf(path)) {
        assert.ok(place !== undefined)
        const there = Buffer.alloc(bytes.length)
        assert.equal(readSync(fd, there, 0, bytes.length, place.offset), bytes.length)
        assert.ok(there.equals(bytes))
        assert.equal(place.file, path)
        blocks++
      }
      closeSync(fd)
      assert.equal(blocks > 1, name !== 'short.tsv')
    })
  }

  it('there are none in files that were decompressed or decoded, and in those that were written just now', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('1\n2\n', 'utf16le')])
    assert.deepEqual(await placesOf(file('in.jsonl.gz', gzipSync('1\n2\n'))), [undefined])
    assert.deepEqual(await placesOf(file('utf16.jsonl', utf16)), [undefined])
    assert.deepEqual(await placesOf(file('young.jsonl', '1\n2\n', false)), [undefined])
    assert.deepEqual(await placesOf(file('list.json', '[1,2]')), [undefined])
  })

  it('there are none from a change of the file on', async () => {
    const path = file('changes.jsonl', longText)
    const places: boolean[] = []
    for await (const { place } of blocksOf(path)) {
      places.push(place !== undefined)
      utimesSync(path, LONG_AGO, LONG_AGO + 1)
    }
    assert.equal(places.length > 2 && places[0], true)
    assert.equal(places.at(-1), false)
  })

  it('name the file that was opened, not the link to it', async () => {
    const path = file('real.jsonl', '1\n')
    const link = join(folder, 'link.jsonl')
    symlinkSync(path, link)
    for await (const { place } of blocksOf(link)) assert.equal(place?.file, path)
    const other = file('other.jsonl', '2\n')
    renameSync(other, path)
    for await (const { place, bytes } of blocksOf(link)) assert.deepEqual([place?.file, String(bytes)], [path, '2\n'])
  })
})
