import assert from 'node:assert/strict'
import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { digestLog, FollowedLog } from '#manyhands/report/followed-log.js'
import { Scratch } from '#manyhands/testing/scratch.js'
import type { View } from '#manyhands/view/view.js'

const START = 1_795_248_742_280

function head(run: string): string {
  return line({ type: 'run', run, code: 'sha256:c', host: 'h', started: START, name: run, total: 100 })
}

function attempt(task: number, state: 'ok' | 'failed' = 'ok', attemptNumber = 1): string {
  const error = state === 'failed' ? { error: { name: 'Error', message: 'no' } } : {}
  const about = { key: 'sha256:k', input: `in-${task}`, attempt: attemptNumber }
  return line({ task, ...about, state, start: START + task * 10, ms: 5, worker: 1, ...error })
}

function line(fields: object): string {
  return `${JSON.stringify({ v: 2, ...fields })}\n`
}

const WORKER = line({ type: 'worker', event: 'start', worker: 1, slot: 0, pid: 5, host: 'h', at: START })

function viewOf(log: FollowedLog): View {
  return log.digest.view({ state: 'running', exitCode: undefined })
}

function countsOf(log: FollowedLog): [ok: number, failed: number, attempts: number] {
  const { states, attempts } = viewOf(log)
  return [states.ok, states.failed, attempts]
}

describe('a job log that is followed', () => {
  it('reads only the lines that were appended since the last look', () => {
    using scratch = new Scratch()
    const file = scratch.file('log')
    const log = new FollowedLog(file, 'a')
    assert.equal(log.read(), false)
    assert.deepEqual(countsOf(log), [0, 0, 0])
    writeFileSync(file, head('a') + WORKER + attempt(0) + attempt(1, 'failed'))
    log.read()
    assert.deepEqual(countsOf(log), [1, 1, 2])
    const { version } = log
    log.read()
    assert.equal(log.version, version)
    appendFileSync(file, attempt(1, 'ok', 2) + attempt(2))
    log.read()
    assert.deepEqual(countsOf(log), [3, 0, 4])
    assert.deepEqual(viewOf(log), digestLog(file, 'a').view({ state: 'running', exitCode: undefined }))
  })

  it('reads a last line that is torn when it has its end', () => {
    using scratch = new Scratch()
    const file = scratch.file('log')
    const log = new FollowedLog(file, 'a')
    const torn = attempt(1)
    writeFileSync(file, head('a') + attempt(0) + torn.slice(0, 30))
    log.read()
    assert.deepEqual(countsOf(log), [1, 0, 1])
    appendFileSync(file, torn.slice(30, 60))
    log.read()
    assert.deepEqual(countsOf(log), [1, 0, 1])
    appendFileSync(file, torn.slice(60) + attempt(2))
    log.read()
    assert.deepEqual(countsOf(log), [3, 0, 3])
  })

  it('reads piece by piece as it is given time', () => {
    using scratch = new Scratch()
    const file = scratch.file('log')
    writeFileSync(file, head('a') + Array.from({ length: 1_000 }, (_, task) => attempt(task)).join(''))
    const log = new FollowedLog(file, 'a')
    let looks = 1
    while (log.read(0)) looks++
    assert.ok(looks > 10, String(looks))
    assert.deepEqual(countsOf(log), [1_000, 0, 1_000])
  })

  it('begins anew when the log was replaced by one that is longer', () => {
    using scratch = new Scratch()
    const file = scratch.file('log')
    writeFileSync(file, head('a') + attempt(0) + attempt(1))
    const log = new FollowedLog(file)
    log.read()
    const other = scratch.file('other')
    writeFileSync(other, head('b') + attempt(0, 'failed') + attempt(1) + attempt(2) + attempt(3))
    renameSync(other, file)
    log.read()
    assert.deepEqual(countsOf(log), [3, 1, 4])
    assert.equal(viewOf(log).run.run, 'b')
  })

  it('begins anew when the log was shortened, or written anew in place', () => {
    using scratch = new Scratch()
    const file = scratch.file('log')
    writeFileSync(file, head('a') + attempt(0) + attempt(1))
    const log = new FollowedLog(file, 'a')
    log.read()
    truncateSync(file, (head('a') + attempt(0)).length)
    log.read()
    assert.deepEqual(countsOf(log), [1, 0, 1])
    writeFileSync(file, head('a') + attempt(0, 'failed') + attempt(1, 'failed'))
    log.read()
    assert.deepEqual(countsOf(log), [0, 2, 2])
  })

  it('keeps what it knows of a log that is gone', () => {
    using scratch = new Scratch()
    const file = scratch.file('log')
    writeFileSync(file, head('a') + attempt(0))
    const log = new FollowedLog(file, 'a')
    log.read()
    rmSync(file)
    assert.equal(log.read(), false)
    assert.deepEqual(countsOf(log), [1, 0, 1])
  })

  it('follows the named run beside those that resume it, or the last of all', () => {
    using scratch = new Scratch()
    const file = scratch.file('log')
    writeFileSync(file, head('a') + WORKER + attempt(0) + attempt(1, 'failed'))
    const first = new FollowedLog(file, 'a')
    const last = new FollowedLog(file)
    first.read()
    last.read()
    appendFileSync(file, head('b') + WORKER + attempt(1))
    first.read()
    last.read()
    assert.deepEqual(countsOf(first), [1, 1, 2])
    assert.deepEqual(countsOf(last), [1, 0, 1])
    assert.equal(viewOf(last).run.run, 'b')
  })

  it('passes over lines that are none of a log', () => {
    using scratch = new Scratch()
    const file = scratch.file('log')
    writeFileSync(file, `\n{"v":2}\nno JSON\n${head('a')}${'x'.repeat(300_000)}\n\u0000\n${attempt(0)}`)
    const log = new FollowedLog(file, 'a')
    log.read()
    assert.deepEqual(countsOf(log), [1, 0, 1])
  })
})
