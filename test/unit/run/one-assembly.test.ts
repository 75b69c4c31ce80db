import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'

import { map, Pool, stateful, task, TaskError } from 'manyhands'
import { apply } from 'manyhands/workflow'

import { jobOptionsOf } from '#manyhands/run/job-options-of.js'
import { Scratch } from '#manyhands/testing/scratch.js'
import { CallerContext } from '#manyhands/util/caller-context.js'

import { attemptsOf } from '../../support/journal-attempts.js'
import { type Gate, wait } from '../support/tasks.js'

/** What a callback prints on stdout. */
async function printedBy(run: () => Promise<void>): Promise<string> {
  const { write } = process.stdout
  let printed = ''
  process.stdout.write = (text: string | Uint8Array) => {
    printed += String(text)
    return true
  }
  try {
    await run()
  } finally {
    process.stdout.write = write
  }
  return printed
}

class Counting {
  readonly id: number
  constructor() {
    const shared = globalThis as { made?: number }
    this.id = shared.made = (shared.made ?? 0) + 1
  }
  call(): number {
    return this.id
  }
}

describe('however work reaches a pool', () => {
  it('two task types of one function that are called in one tick keep their names', async () => {
    const fail = (n: number): never => {
      throw new Error(String(n))
    }
    const resize = task(fail, { name: 'resize' })
    const crop = task(fail, { name: 'crop' })
    const pool = new Pool({ backend: 'serial' })
    const calls = [pool.run(resize(1)), pool.run(crop(2))]
    const errors = await Promise.all(calls.map((call) => call.catch((error: unknown) => error)))
    await pool.close()
    assert.deepEqual(
      errors.map((error) => (error instanceof TaskError ? error.task.name : undefined)),
      ['resize', 'crop'],
    )
  })

  it('a second run with the same stateful worker has its own name and times, and the same instance', async () => {
    const worker = stateful(Counting)
    const journal = join(mkdtempSync(join(tmpdir(), 'manyhands-')), 'j.jsonl')
    const pool = new Pool({ backend: 'threads', workers: 1 })
    const first = await pool.map([1], worker, { name: 'first' })
    const second = await pool.map([1], worker, { name: 'second', journal })
    const third = await pool.map([1], worker)
    const named = await pool.map([1], worker, { name: 'third', onEvent: () => {} })
    await pool.close()
    assert.deepEqual([...first, ...second, ...third, ...named], [1, 1, 1, 1])
    const [row] = attemptsOf(journal)
    assert.equal(attemptsOf(journal).length, 1)
    assert.equal(typeof row?.ms, 'number')
    assert.equal(typeof row?.start, 'number')
  })

  it("a pool with logs: 'off' prints nothing, whoever brings the work", async () => {
    const shout = (): void => console.log('shouted')
    const printed = await printedBy(async () => {
      const pool = new Pool({ backend: 'serial', logs: 'off' })
      await pool.map([1], shout)
      await pool.run(shout)
      const queue = pool.queue()
      await queue.push(task(shout)())
      await queue.pop()
      await pool.close()
    })
    // The test runner writes to stdout, too.
    assert.ok(!printed.includes('shouted'), printed)
  })

  it('within a task closures run as they are, in map, calls and queues', async () => {
    const nested = async (): Promise<number> => {
      const { Pool: InnerPool, task: innerTask } = await import('manyhands')
      let count = 0
      const add = (): number => ++count
      const pool = new InnerPool()
      await pool.map([1], add)
      await pool.run(add)
      const queue = pool.queue()
      await queue.push(innerTask(add)())
      await queue.pop()
      await pool.close()
      return count
    }
    assert.deepEqual(await map([1], nested, { backend: 'threads', workers: 1 }), [3])
  })

  it('the bar of a workflow names its workers as that of map does', async () => {
    for (const run of [map, (inputs: Gate[], fn: typeof wait, options: object) => apply(fn)(inputs).run(options)]) {
      using scratch = new Scratch()
      const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 120 })
      // The task runs until its bar was drawn.
      stream.on('data', (text: Buffer) => String(text).includes('1 threads') && scratch.touch('release'))
      const progress = { stream, delay: 0, interval: 1 }
      const gate = { started: scratch.file('started'), release: scratch.file('release') }
      assert.deepEqual(await run([gate], wait, { backend: 'threads', workers: 1, progress }), ['released'])
    }
  })

  it('the output of far workers is in order unless a run says otherwise, and their batches are as large as they allow', () => {
    const capabilities = { remote: true, maxBatch: 4_096 } as never
    const use = {
      name: 'far',
      ref: { id: 'run-1', name: 'far' },
      observers: [],
      context: new CallerContext(),
      workers: Infinity,
      capabilities,
      functions: new Set<never>(),
      hasTimeouts: false,
      print: () => {},
      fail: (thrown: unknown): never => assert.fail(String(thrown)),
    }
    const options = jobOptionsOf({}, use)
    assert.deepEqual([options.ordersOutput, options.maxBatch], [true, 4_096])
    assert.equal(jobOptionsOf({ logs: 'inherit' }, use).ordersOutput, false)
  })
})
