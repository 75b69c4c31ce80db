import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { describe, it } from 'node:test'

import { Scratch } from '#manyhands/testing/scratch.js'

import { thorough } from '../../support/thorough.js'

const RUN = 'calm-otter-41'
const TASKS = 1_000_000
/** Bytes for each task in a log of quick tasks, at most. */
const LOG_BYTES = 25
/** Memory of a process that reads one, with all of Node, in MiB. */
const MOST = 150

/** Writes a file, line by line. */
function write(file: string, lines: Iterable<unknown>): void {
  const fd = openSync(file, 'w')
  let text = ''
  for (const line of lines) {
    text += `${JSON.stringify(line)}\n`
    if (text.length < 2 ** 20) continue
    writeSync(fd, text)
    text = ''
  }
  writeSync(fd, text)
  closeSync(fd)
}

function* ofVersion2(): Generator<unknown, void> {
  const count = 1_000
  yield { v: 2, type: 'run', run: RUN, code: 'c', rowKey: randomBytes(16).toString('base64'), host: 'h', started: 1 }
  for (let task = 0; task < TASKS; task += count) {
    const keys = randomBytes(16 * count).toString('base64')
    yield { v: 2, task, count, state: 'ok', keys, of: 'row', start: 1e12, ms: 2, worker: 1, out: task * 20 }
  }
}

function* ofVersion1(tasks: number): Generator<unknown, void> {
  for (let task = 0; task < tasks; task++) {
    const key = `sha256:${createHash('sha256').update(String(task)).digest('hex')}`
    const about = { worker: 1, pid: 5, host: 'h', code: 'c', input: { task, text: 'x'.repeat(100) } }
    const state = task % 100 === 0 ? 'failed' : 'ok'
    yield { v: 1, run: RUN, task, key, attempt: 1, state, start: 1e12, ms: 2, ...about }
  }
}

/** Reads a log in a process of its own. Returns what it says, and the memory that it took, in MiB. */
function readIn(file: string, code: string): { readonly result: unknown; readonly mib: number } {
  const at = (path: string): string => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href)
  const program = `
    import { Past } from ${at('journal/past.js')}
    import { failedKeys } from ${at('cli/runs/failed-keys.js')}
    import { LastAttempts } from ${at('cli/runs/last-attempts.js')}
    import { lastRows } from ${at('cli/runs/last-rows.js')}
    import { digestLog, FollowedLog } from ${at('report/followed-log.js')}
    const file = ${JSON.stringify(file)}
    const result = (() => { ${code} })()
    console.log(JSON.stringify({ result, mib: process.resourceUsage().maxRSS / 1024 }))`
  const args = ['--input-type=module', '--eval', program]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as { result: unknown; mib: number }
}

const READERS = [
  ['resume', 'return Past.read(file, undefined, () => {}).succeeded.size'],
  ['retry', 'return failedKeys(file).size'],
  [
    'status',
    `const last = new LastAttempts()
     const log = new FollowedLog(file, '${RUN}', last)
     log.read()
     const { states, attempts } = log.digest.counts()
     let failed = 0
     for (const row of lastRows(file, '${RUN}', last)) if (row.state === 'failed') failed++
     return [states.ok, states.failed, attempts, failed]`,
  ],
  [
    'report',
    `const { states, attempts } = digestLog(file, '${RUN}').view({ state: 'ended', exitCode: 0 })
     return [states.ok, states.failed, attempts]`,
  ],
] as const

describe('a journal of a million tasks', () => {
  it('takes few bytes for each, and is read in bounded memory', () => {
    using scratch = new Scratch()
    const file = scratch.file('journal')
    write(file, ofVersion2())
    assert.ok(statSync(file).size / TASKS < LOG_BYTES)
    const results = READERS.map(([name, code]) => {
      const { result, mib } = readIn(file, code)
      assert.ok(mib < MOST, `${name}: ${mib} MiB`)
      return result
    })
    assert.deepEqual(results, [TASKS, 0, [TASKS, 0, TASKS, 0], [TASKS, 0, TASKS]])
  })

  it('of version 1 is read in memory that is bounded, too', () => {
    using scratch = new Scratch()
    const file = scratch.file('journal')
    const tasks = thorough ? TASKS : TASKS / 10
    write(file, ofVersion1(tasks))
    const failed = tasks / 100
    const results = READERS.map(([name, code]) => {
      const { result, mib } = readIn(file, code)
      // Nearly all of it is there without any task.
      assert.ok(mib < (thorough ? 1.2 * MOST : 0.8 * MOST), `${name}: ${mib} MiB`)
      return result
    })
    assert.deepEqual(results, [
      tasks - failed,
      failed,
      [tasks - failed, failed, tasks, failed],
      [tasks - failed, failed, tasks],
    ])
  })
})
