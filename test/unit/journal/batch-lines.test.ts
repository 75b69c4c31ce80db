import assert from 'node:assert/strict'
import { appendFileSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { Journal } from '#manyhands/journal/journal.js'
import type { SuccessRun } from '#manyhands/observe/success-run.js'
import { rowKeys } from '#manyhands/rows/keys/row-keys.js'
import { contentKey } from '#manyhands/task/canonical/canonical-hash.js'
import { Scratch } from '#manyhands/testing/scratch.js'

const JSONL = { kind: 'jsonl' } as const
const WORKER = { id: 1, slot: 0, pid: 42 }

/** Rows as a block: texts one after the other. */
function blockOf(texts: readonly string[]): { bytes: Buffer; bounds: Uint32Array; format: typeof JSONL } {
  const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''))
  const bounds = new Uint32Array(texts.length * 2)
  let at = 0
  for (const [i, text] of texts.entries()) {
    bounds[2 * i] = at
    at += Buffer.byteLength(text)
    bounds[2 * i + 1] = at++
  }
  return { bytes, bounds, format: JSONL }
}

/** The successes of all rows of a block, the first of which is input `index`. */
function runOf(texts: readonly string[], index: number, keys: Uint8Array | undefined): SuccessRun {
  const items = {
    fn: () => ({ name: 'f' }),
    index: (offset: number) => index + offset,
    input: (offset: number) => JSON.parse(texts[offset] as string) as unknown,
    sequence: (offset: number) => index + offset,
  }
  return { items, offset: 0, count: texts.length, attempt: 1, worker: WORKER, start: 1e12, ms: 0.5, keys, of: 'row' }
}

function opened(file: string, code = 'sha256:c'): Journal {
  const journal = new Journal(file, { confirms: true })
  journal.open(code, (error) => assert.fail(error))
  return journal
}

function leftOut(journal: Journal, texts: readonly string[]): (0 | 1)[] | undefined {
  const out = journal.leavesOut(blockOf(texts), (row) => JSON.parse(texts[row] as string) as unknown)
  return out && ([...out] as (0 | 1)[])
}

describe('lines of several successes in a journal', () => {
  for (const of of ['row', 'value'] as const) {
    it(`a later run leaves out the rows, each success once: keys of ${of}s`, () => {
      using scratch = new Scratch()
      const file = scratch.file('journal')
      const texts = ['{"a":1}', '{"a":2}', '{"a":1}']
      const { bytes, bounds } = blockOf(texts)
      const first = opened(file)
      assert.equal(leftOut(first, texts), undefined)
      const keys = of === 'row' ? rowKeys(bytes, bounds, first.rowSecret, JSONL) : undefined
      first.confirmRun(runOf(texts, 0, keys), 24)
      assert.equal(first.workMs, 0.5)
      first.close()
      const second = opened(file)
      assert.deepEqual(second.rowSecret, first.rowSecret)
      assert.equal(second.past?.outputEnd, 24)
      assert.deepEqual(leftOut(second, ['{"a":3}', '{"a":1}', 'no JSON']), [0, 1, 0])
      assert.deepEqual(leftOut(second, ['{"a":1}', '{"a":1}', '{"a":2}']), [1, 0, 1])
      assert.equal(leftOut(second, ['{"a":1}', '{"a":2}']), undefined)
      assert.equal(second.skipped, 3)
      second.close()
      const lines = readFileSync(file, 'utf8').trim().split('\n')
      assert.equal(lines.length, 4, 'run, worker, successes, end')
    })
  }

  it('values of a run are found again among rows and values', () => {
    using scratch = new Scratch()
    const file = scratch.file('journal')
    const first = opened(file)
    first.confirmRun(runOf(['1', '2'], 0, undefined), undefined)
    first.close()
    const second = opened(file)
    assert.deepEqual([second.skips(2), second.skips(2), second.skips(3)], [true, false, false])
    second.close()
  })

  it('the same lines twice count once; a torn line and keys of another length are ignored', () => {
    using scratch = new Scratch()
    const file = scratch.file('journal')
    const first = opened(file)
    first.confirmRun(runOf(['1', '2'], 0, undefined), undefined)
    first.close()
    const text = readFileSync(file, 'utf8')
    appendFileSync(file, text.replace('"count":2', '"count":3') + text)
    appendFileSync(file, text.slice(0, -2))
    const second = opened(file)
    assert.deepEqual([second.skips(1), second.skips(1), second.skips(2), second.skips(2)], [true, false, true, false])
    second.close()
  })

  it('successes are told at once if nothing is to be confirmed, and only then', () => {
    using scratch = new Scratch()
    for (const confirms of [true, false]) {
      const file = scratch.file(`journal-${confirms}`)
      const journal = new Journal(file, { confirms })
      journal.open('sha256:c', (error) => assert.fail(error))
      journal.successes(runOf(['1', '2'], 0, undefined))
      journal.close()
      const later = opened(file)
      assert.equal(later.skips(1), !confirms, contentKey(1))
      later.close()
    }
  })
})
