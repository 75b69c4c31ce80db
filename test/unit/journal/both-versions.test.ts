import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { map } from 'manyhands'

import { failedKeys } from '#manyhands/cli/runs/failed-keys.js'
import { Journal } from '#manyhands/journal/journal.js'
import { readJournal } from '#manyhands/journal/lines/read-journal.js'
import { Past } from '#manyhands/journal/past.js'
import { digestLog } from '#manyhands/report/followed-log.js'
import { contentKey } from '#manyhands/task/canonical/canonical-hash.js'
import { Scratch } from '#manyhands/testing/scratch.js'

const ABOUT = { worker: 1, pid: 1, host: 'here', start: 0, ms: 2 }

function old(code: string, run: string, task: number, input: unknown, state = 'ok', attempt = 1): string {
  const row = { v: 1, run, task, key: contentKey(input), input, attempt, state, ...ABOUT, code }
  return `${JSON.stringify(row)}\n`
}

/** The hash of the function, as a first run tells it. */
function codeIn(file: string): string {
  for (const entry of readJournal(file)) if (entry.kind === 'run') return entry.line.code
  throw new Error('there is no head')
}

const double = (x: number): number => x * 2

describe('a journal with lines of both versions', () => {
  it('a run leaves out what both tell, and goes on in the new version', async () => {
    using scratch = new Scratch()
    const file = scratch.file('journal')
    assert.deepEqual(await map([1, 2], double, { journal: file }), [2, 4])
    const code = codeIn(file)
    const written = readFileSync(file, 'utf8')
    // Before, behind, and torn at its end.
    writeFileSync(
      file,
      old(code, 'a', 0, 3) + old(code, 'a', 1, 4, 'failed') + written + old(code, 'b', 0, 5) + '{"v":1',
    )
    assert.deepEqual(await map([1, 2, 3, 4, 5, 5, 6], double, { journal: file }), [8, 10, 12])
    assert.deepEqual(await map([1, 2, 3, 4, 5, 5, 6, 7], double, { journal: file }), [14])
    assert.equal(Past.read(file, code, () => {}).succeeded.size, 8)
  })

  it('rows as bytes are left out if old lines tell of their values', () => {
    using scratch = new Scratch()
    const file = scratch.file('journal')
    writeFileSync(file, old('c', 'a', 0, { n: 1 }) + old('c', 'a', 1, { n: 2 }, 'failed') + old('c', 'a', 2, { n: 3 }))
    const journal = new Journal(file)
    journal.open('c', (error) => assert.fail(error))
    const texts = ['{"n": 1}', '{"n":2}', '{ "n":3 }', '{"n":3}', '{']
    const bytes = Buffer.from(texts.join(''))
    let at = 0
    const bounds = Uint32Array.from(texts.flatMap(({ length }) => [at, (at += length)]))
    const mask = journal.leavesOut({ bytes, bounds, format: { kind: 'jsonl' } }, (row) => JSON.parse(texts[row] ?? ''))
    assert.deepEqual([...(mask ?? [])], [1, 0, 1, 0, 0])
    assert.equal(journal.skipped, 2)
    journal.close()
  })

  it('failures of one version that succeeded in a run of the other are not failures any more', async () => {
    using scratch = new Scratch()
    const file = scratch.file('journal')
    writeFileSync(file, '')
    await map([1], double, { journal: file })
    const code = codeIn(file)
    writeFileSync(
      file,
      old(code, 'a', 0, 2, 'failed') + old(code, 'a', 1, 3, 'failed', 2) + old(code, 'a', 2, 3, 'crashed'),
    )
    assert.equal(failedKeys(file).size, 3)
    await map([2, 3], double, { journal: file })
    const failed = failedKeys(file)
    assert.deepEqual([failed.size, failed.take(contentKey(3)), failed.take(contentKey(2))], [1, true, false])
    // A run that is told in the old version after the new one.
    appendFileSync(file, old(code, 'z', 0, 3))
    assert.equal(failedKeys(file).size, 0)
    const { failed: told, crashed, ok } = digestLog(file, 'a').counts().states
    assert.deepEqual([told, crashed, ok], [2, 1, 0])
  })
})
