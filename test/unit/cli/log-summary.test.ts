import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { failedKeys } from '#manyhands/cli/runs/failed-keys.js'
import type { RowState } from '#manyhands/journal/lines/journal-line.js'
import { digestLog } from '#manyhands/report/followed-log.js'
import { Scratch } from '#manyhands/testing/scratch.js'

type Attempt = readonly [run: string, task: number, key: string, attempt: number, state: RowState]

function keyOf(letter: string): string {
  return `sha256:${letter.charCodeAt(0).toString(16).repeat(32)}`
}

function written(scratch: Scratch, attempts: readonly Attempt[]): string {
  const file = scratch.file('log')
  const lines = attempts.map(([run, task, key, attempt, state]) => {
    const where = { worker: 1, pid: 1, host: 'here', code: 'c' }
    return `${JSON.stringify({ v: 1, run, task, key: keyOf(key), attempt, state, start: 0, ms: 2, ...where })}\n`
  })
  writeFileSync(file, lines.join(''))
  return file
}

describe('the summary of a job log', () => {
  it('the summary of a job log counts the last attempt of each task', () => {
    using scratch = new Scratch()
    const file = written(scratch, [
      ['a', 0, 'x', 1, 'timeout'],
      ['a', 1, 'y', 1, 'failed'],
      ['a', 0, 'x', 2, 'failed'],
      ['a', 2, 'z', 1, 'ok'],
      ['b', 0, 'x', 1, 'ok'],
    ])
    const digest = digestLog(file, 'a')
    const { states, attempts } = digest.counts()
    assert.deepEqual([states.ok, states.failed, states.timeout, attempts], [1, 2, 0, 4])
    assert.deepEqual(digest.workers(), [{ worker: 1, slot: undefined, pid: 1, host: 'here', attempts: 4, ms: 8 }])
  })

  it('the summary of a job log knows which inputs are still to do, equal ones each for itself', () => {
    using scratch = new Scratch()
    const file = written(scratch, [
      ['a', 0, 'x', 1, 'failed'],
      ['a', 1, 'x', 1, 'ok'],
      ['a', 2, 'x', 1, 'failed'],
      ['a', 3, 'y', 1, 'failed'],
      ['b', 0, 'x', 1, 'ok'],
      ['b', 1, 'y', 1, 'ok'],
      ['b', 2, 'x', 1, 'crashed'],
      ['b', 3, 'w', 1, 'aborted'],
    ])
    const failed = failedKeys(file)
    assert.equal(failed.size, 1)
    assert.deepEqual([failed.take(keyOf('y')), failed.take(keyOf('x')), failed.take(keyOf('x'))], [false, true, false])
  })
})
