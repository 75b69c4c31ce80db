import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { type RunningWorkers, runWorker } from 'manyhands/nats'

import { Scratch } from '#manyhands/testing/scratch.js'

import { Broker } from '../support/broker.js'
import { until } from '../support/until.js'

const LIMIT = { timeout: 180_000 }
const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const STEPS = fileURLToPath(new URL('./flow-steps.js', import.meta.url))

interface Said {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** `manyhands …` as users start it, at a terminal that is none. */
async function command(folder: string, ...args: readonly string[]): Promise<Said> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}

let broker: Broker
let workers: RunningWorkers

before(async () => {
  broker = await Broker.start()
  workers = await runWorker({ servers: broker.url, workers: 2, modules: [STEPS] })
}, LIMIT)

after(async () => {
  await workers.drain(500)
  await broker[Symbol.asyncDispose]()
})

const linesOf = (text: string): unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)

describe('the command on a cluster', () => {
  it('runs a pipeline; a killed client goes on where it was', LIMIT, async () => {
    using scratch = new Scratch()
    const rows = [0, 1, 2, 3, 4].map((n) => JSON.stringify({ n, folder: scratch.folder }))
    writeFileSync(scratch.file('rows.jsonl'), rows.join('\n'))
    const args = ['run', `${STEPS}#slow`, '@rows.jsonl', '--on', broker.url, '-o', 'out.jsonl', '--log', 'log.jsonl']
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: scratch.folder, stdio: 'ignore' })
    await scratch.appears('started-3')
    const logged = (): string => readFileSync(scratch.file('log.jsonl'), 'utf8')
    await until(() => logged().split('"state":"ok"').length > 3)
    child.kill('SIGKILL')
    await once(child, 'exit')
    scratch.touch('go')
    const again = await command(scratch.folder, ...args, '--resume')
    assert.equal(again.code, 0, again.err)
    assert.match(again.err, /2 ok, 3 skipped/)
    const clips = linesOf(readFileSync(scratch.file('out.jsonl'), 'utf8')) as { value: number }[]
    assert.deepEqual(
      clips.map(({ value }) => value),
      [0, 1, 2, 3, 4],
    )
    assert.match(logged(), new RegExp(`"host":"${hostname()}"`))
  })

  it('names the step that failed; retry and the cache are for the rest', LIMIT, async () => {
    using scratch = new Scratch()
    const rows = [1, 2, 3].map((n) => JSON.stringify({ n }))
    writeFileSync(scratch.file('rows.jsonl'), rows.join('\n'))
    const args = ['run', `${STEPS}#inline`, '@rows.jsonl', '--on', broker.url, '--cache=kept']
    const first = await command(scratch.folder, ...args)
    assert.equal(first.code, 1, first.err)
    assert.equal(linesOf(first.out).length, 2)
    assert.match(first.err, /"n":2.*step blocks.*timed out/)
    const second = await command(scratch.folder, ...args)
    assert.match(second.err, /2 ok \(2 from the cache\), 1 failed/)
    const retried = await command(scratch.folder, 'retry', 'last')
    assert.equal(retried.code, 1)
    assert.match(retried.err, /0 ok, 1 failed/)
  })

  it('runs a workflow, keeps its results here, and refuses flags that have no meaning for one', LIMIT, async () => {
    using scratch = new Scratch()
    const args = ['run', `${STEPS}#area`, '--on', broker.url, '--cache=kept']
    for (const calls of [0, 9]) {
      const { code, out, err } = await command(scratch.folder, ...args)
      assert.equal(code, 0, err)
      assert.deepEqual(linesOf(out), [1, 2, 2, 4, 3, 6])
      assert.match(err, new RegExp(`${calls} calls from the cache kept`))
    }
    const plan = await command(scratch.folder, 'plan', `${STEPS}#area`, '--cache=kept', '--json')
    assert.match(plan.out, /"hit":6,"run":0/)
    for (const flag of [
      ['--log', 'x'],
      ['--max-memory', '1G'],
      ['--max-tasks', '2'],
      ['--config', '{}'],
      ['--spread'],
    ]) {
      const { code, err } = await command(scratch.folder, ...args, ...flag)
      assert.equal(code, 2)
      assert.match(err, new RegExp(`area is a workflow: ${flag[0]} has no meaning for one`))
    }
  })

  it('debugs here, and says so', LIMIT, async () => {
    using scratch = new Scratch()
    const done = workers.status().done
    const args = ['run', `${STEPS}#checked`, '@rows.jsonl', '--on', broker.url, '--debug']
    writeFileSync(scratch.file('rows.jsonl'), '{"tenfold":30}')
    const { code, err } = await command(scratch.folder, ...args)
    assert.equal(code, 1)
    assert.match(err, /--debug runs here, not on the workers of nats:/)
    assert.match(err, /thirty/)
    assert.equal(workers.status().done, done)
  })

  it('says what ended a run before anything began', LIMIT, async () => {
    using scratch = new Scratch()
    const args = ['run', `${STEPS}#length`, 'a', '--on', broker.url, '--memfree', '1000T', '--deadline', '1s']
    const { code, err } = await command(scratch.folder, ...args)
    assert.equal(code, 124)
    assert.match(err, /✖ .*deadline of 1000 ms/)
  })
})
