import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { BlockMemory } from '#manyhands/rows/cut/block-memory.js'
import { RowCutter } from '#manyhands/rows/cut/row-cutter.js'
import type { RowBlock } from '#manyhands/rows/row-block.js'
import { ReadBlock } from '#manyhands/run/source/read-block.js'
import { RowChunk } from '#manyhands/run/source/row-chunk.js'
import { DEFAULT_POLICY } from '#manyhands/task/failure-policy.js'

import { functionUse } from '../support/work.js'

const TEXT = '{"a":1}\n{"a":2}\nnot JSON\n{"a":4}\n'

/** A block of four rows, and how often its memory was given back. */
function readBlock(): { block: ReadBlock; raw: RowBlock; returns: () => Promise<number> } {
  const cutter = new RowCutter('jsonl', 'rows.jsonl')
  cutter.room(TEXT.length).write(TEXT)
  const cut = cutter.take(TEXT.length)
  assert.ok(cut)
  let count = 0
  const raw = { ...cut, release: () => void count++ }
  // It is given back at the end of the turn.
  const returns = async (): Promise<number> => {
    await new Promise((resolve) => setImmediate(resolve))
    return count
  }
  return { block: new ReadBlock(raw, 100), raw, returns }
}

function chunkOf(block: ReadBlock): RowChunk {
  const assignment = { fn: functionUse(), policy: DEFAULT_POLICY }
  return new RowChunk(block, 0, 4, 0, { assignment, spread: false, secret: undefined, ranges: undefined })
}

describe('the memory of a block of rows', () => {
  it('is given back once, when no row needs it any more', async () => {
    const { block, returns } = readBlock()
    const chunk = chunkOf(block)
    chunk.release(0, 3)
    assert.equal(await returns(), 0)
    chunk.release(3, 1)
    assert.equal(await returns(), 1)
    block.release(0)
    assert.equal(await returns(), 1)
  })

  it('is not needed by rows that became items, which have bytes, place and input of their own', async () => {
    const { block, raw, returns } = readBlock()
    const chunk = chunkOf(block)
    const items = [1, 2].map((offset) => chunk.item(offset))
    assert.equal(chunk.item(1), items[0])
    chunk.release(0, 4)
    assert.equal(await returns(), 1)
    raw.bytes.fill('x')
    assert.deepEqual(
      items.map(({ index, input, row }) => [index, input, row?.position]),
      [
        [101, { a: 2 }, 'rows.jsonl:2'],
        [102, 'not JSON', 'rows.jsonl:3'],
      ],
    )
  })

  it('is not needed by rows that are left out', async () => {
    const { block, returns } = readBlock()
    assert.equal(block.leaveOut(Uint8Array.of(1, 0, 1, 1)), 3)
    assert.equal(await returns(), 0)
    block.release(1)
    assert.equal(await returns(), 1)
  })

  it('is used again, unless it is of an unusual size', () => {
    const memory = new BlockMemory()
    const first = memory.take(1)
    memory.giveBack(first)
    assert.equal(memory.take(1), first)
    const large = memory.take(2 ** 22)
    memory.giveBack(large)
    assert.notEqual(memory.take(2 ** 22), large)
  })
})
