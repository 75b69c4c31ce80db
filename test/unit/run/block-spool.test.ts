import assert from 'node:assert/strict'
import { readdirSync, readlinkSync, statSync } from 'node:fs'
import { after, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'

import { openRowStream, readOptionsFor } from '#manyhands/files/open-row-file.js'
import { RowFiles } from '#manyhands/files/row-files.js'
import { map } from '#manyhands/map/map.js'
import { RowCutter } from '#manyhands/rows/cut/row-cutter.js'
import { BlockSpool, type SpooledBlock } from '#manyhands/run/source/block-spool.js'
import { ReadBlock } from '#manyhands/run/source/read-block.js'
import { RowChunk } from '#manyhands/run/source/row-chunk.js'
import { RangeReader } from '#manyhands/runtime/batches/range-reader.js'
import { DEFAULT_POLICY } from '#manyhands/task/failure-policy.js'
import '#manyhands/compose.js'

import { functionUse } from '../support/work.js'

const LENGTH = 2 ** 17
const SLOTS = 16
const bytesOf = (character: string): Buffer => Buffer.alloc(LENGTH, character)

interface Row {
  readonly id: number
  readonly text: string
}

const textOf = (rows: number): string =>
  Array.from({ length: rows }, (_, id) => `${JSON.stringify({ id, text: 'a'.repeat(90) })}\n`).join('')

/** The files of memory that this process has open, by their numbers in the file system. */
function openSpools(): number[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = `/proc/self/fd/${fd}`
      return readlinkSync(path).startsWith(`/dev/shm/manyhands-${process.pid}-`) ? [statSync(path).ino] : []
    } catch {
      return []
    }
  })
}

describe('the spool of blocks', { skip: process.platform !== 'linux' }, () => {
  const spools: BlockSpool[] = []
  after(() => spools.forEach((spool) => spool.close()))
  function newSpool(): BlockSpool {
    const spool = new BlockSpool()
    spools.push(spool)
    return spool
  }
  const copied = (spool: BlockSpool, character: string): SpooledBlock => {
    const block = spool.copy(bytesOf(character))
    assert.ok(block)
    return block
  }
  const read = (reader: RangeReader, { place }: SpooledBlock, from = 0, length = 10): string | undefined =>
    reader.read({ ...place, offset: place.offset + from, length })?.toString()

  it('holds bytes where others find them', () => {
    const spool = newSpool()
    const reader = new RangeReader()
    const [one, other] = [copied(spool, 'a'), copied(spool, 'b')]
    assert.equal(read(reader, one, LENGTH - 10), 'a'.repeat(10))
    assert.equal(read(reader, other, 5), 'b'.repeat(10))
  })

  it('writes over bytes that are not needed, and those who read them see that they are gone', () => {
    const spool = newSpool()
    const reader = new RangeReader()
    const [one, other] = [copied(spool, 'a'), copied(spool, 'b')]
    one.free()
    const next = copied(spool, 'c')
    assert.equal(next.place.offset, one.place.offset)
    assert.deepEqual(
      [one, next, other].map((block) => read(reader, block)),
      [undefined, 'c'.repeat(10), 'b'.repeat(10)],
    )
  })

  it('does not mix up two files that had the same name one after the other', () => {
    const reader = new RangeReader()
    const [first, second] = [newSpool(), newSpool()]
    const one = copied(first, 'a')
    assert.equal(read(reader, one), 'a'.repeat(10))
    first.close()
    const other = copied(second, 'b')
    assert.equal(other.place.file, one.place.file)
    assert.deepEqual([read(reader, other), read(reader, one)], ['b'.repeat(10), undefined])
  })

  it('leaves blocks to be sent that are small or large, that are too many at a time, or that come after its end', () => {
    const spool = newSpool()
    assert.equal(spool.copy(Buffer.alloc(1_000)), undefined)
    assert.equal(spool.copy(Buffer.alloc(2 ** 21)), undefined)
    const blocks = Array.from({ length: SLOTS }, () => copied(spool, 'a'))
    assert.equal(spool.copy(bytesOf('b')), undefined)
    blocks[3]?.free()
    assert.ok(spool.copy(bytesOf('b')))
    spool.close()
    blocks[5]?.free()
    assert.equal(spool.copy(bytesOf('c')), undefined)
    assert.equal(read(new RangeReader(), blocks[0] as SpooledBlock), undefined)
  })

  it('gets the rows of a block that has no place of its own once, until none of them is needed', async () => {
    const text = textOf(2_000)
    const cutter = new RowCutter('jsonl', 'stdin')
    cutter.room(text.length).write(text)
    const cut = cutter.take(text.length)
    assert.ok(cut)
    const block = new ReadBlock(cut, 0)
    const spool = newSpool()
    const terms = {
      assignment: { fn: functionUse(), policy: DEFAULT_POLICY },
      spread: false,
      secret: undefined,
      ranges: { mayRead: true, spool },
    }
    const [first, second] = [0, 1_000].map((from) => new RowChunk(block, from, 1_000, from, terms))
    const columns = [first, second].map((chunk) => chunk?.column())
    assert.deepEqual(
      columns.map((column) => column?.rows.length),
      [0, 0],
    )
    const ranges = columns.map((column) => column?.range)
    assert.deepEqual(ranges[0]?.version, ranges[1]?.version)
    const last = ranges[1] && new RangeReader().read(ranges[1])
    const [start, end] = columns[1]?.bounds.subarray(-2) ?? []
    assert.equal((JSON.parse(String(last?.subarray(start, end))) as Row).id, 1_999)
    first?.release(0, 1_000)
    second?.release(0, 1_000)
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(copied(spool, 'b').place.offset, ranges[0]?.offset ?? -1)
  })

  it('carries compressed rows to worker processes, and is gone when the run is over', async () => {
    const rows = 60_000
    const pieces = [gzipSync(textOf(rows))] as unknown as AsyncIterable<Uint8Array>
    const options = readOptionsFor('rows.jsonl.gz', { warn: () => {} })
    const supply = new RowFiles<Row>([await openRowStream(pieces, 'stdin', options)])
    // Those of readers that are garbage may go at any time.
    const before = new Set(openSpools())
    const own = (): number => new Set(openSpools().filter((file) => !before.has(file))).size
    const ids: number[] = []
    let during = 0
    for await (const id of map(supply, (row) => row.id, { backend: 'processes', workers: 2 })) {
      if (id === rows / 2) during = own()
      ids.push(id)
    }
    assert.deepEqual(
      ids,
      Array.from({ length: rows }, (_, id) => id),
    )
    assert.deepEqual([during, own()], [1, 0])
  })
})
