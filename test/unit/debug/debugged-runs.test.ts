import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'

import { Pool } from '#manyhands/api/pool.js'
import { execute } from '#manyhands/map/execute.js'
import { map } from '#manyhands/map/map.js'
import { stateful } from '#manyhands/task/stateful.js'
import { task } from '#manyhands/task/task.js'
import { failure } from '#manyhands/testing/contract/subject.js'
import '#manyhands/compose.js'

/** Changes what it is given: a second call would not fail if it were given the same. */
function takeFirst(list: number[]): number {
  const first = list.shift() ?? 0
  if (first === 2) throw new RangeError('two')
  return first
}

class Sum {
  sum = 0
  call(step: number): number {
    if (step < 0) throw new RangeError(`negative: ${step}`)
    return (this.sum += step)
  }
}

/** Nobody is at a terminal here: what it shows goes to stderr, and the run goes on. */
describe('a run under the debugger', () => {
  const name = 'debugged'

  it('gives each input its one outcome, in order', async () => {
    const inputs = [[1], [2], [3], [2]]
    const results = await map(inputs, takeFirst, { debug: true, name, onError: (error) => String(error.cause) })
    assert.deepEqual(results, [1, 'RangeError: two', 3, 'RangeError: two'])
    assert.deepEqual(inputs, [[1], [2], [3], [2]])
  })

  it('keeps what onError and retries say', async () => {
    let attempts = 0
    const collected = map([[2], [1]], takeFirst, {
      debug: true,
      name,
      onError: 'collect',
      retries: 1,
      onEvent: ({ type }) => void (attempts += type === 'start' ? 1 : 0),
    })
    const error = (await failure(collected)) as Error
    assert.equal(error.name, 'BatchError')
    assert.equal(attempts, 3)
  })

  it('runs one task at a time, in this thread, for as long as it takes', async () => {
    let running = 0
    let most = 0
    const nap = async (ms: number): Promise<number> => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, ms))
      running--
      return process.pid
    }
    const options = { backend: 'serial', copy: false, debug: true, concurrency: 8, timeout: 1, deadline: 1 } as const
    assert.deepEqual(await map([5, 5, 5], nap, options), [process.pid, process.pid, process.pid])
    assert.equal(most, 1)
  })

  it('works with stateful workers, tasks, and on a pool with its init', async () => {
    const sums = await map([1, -1, 2], stateful(Sum), { debug: true, name, onError: () => 'none' })
    assert.deepEqual(sums, [1, 'none', 3])
    const take = task(takeFirst, { name, timeout: 1 })
    assert.deepEqual(await execute([take([1]), take([2])], { debug: true, onError: () => 0 }), [1, 0])
    const pool = new Pool({
      workers: 1,
      init: () => void (process.env['MANYHANDS_TEST_INIT'] = 'yes'),
    })
    try {
      const read = (): string | undefined => process.env['MANYHANDS_TEST_INIT']
      assert.deepEqual(await pool.map([0], read, { debug: true }), ['yes'])
      assert.equal(pool.stats().workers.length, 0)
    } finally {
      delete process.env['MANYHANDS_TEST_INIT']
      await pool.close()
    }
  })

  it('is refused in a worker thread', async () => {
    const url = JSON.stringify(new URL('../../../../dist/index.js', import.meta.url).href)
    const code = `
      import { parentPort } from 'node:worker_threads'
      import { map } from ${url}
      await map([1], (x) => x, { debug: true }).then(
        () => parentPort.postMessage('it ran'),
        (error) => parentPort.postMessage(error.name + ': ' + error.message),
      )`
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`))
    const said: string = await new Promise((resolve) => worker.once('message', resolve))
    await worker.terminate()
    assert.match(said, /^UnsupportedError: debug stops the main thread only, and this is a worker thread/)
  })

  it('refuses what is neither true nor false', async () => {
    assert.throws(() => map([1], Math.sqrt, { debug: 'yes' as never }), /debug/)
  })
})
