import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { ATTEMPT_STATES, map, Pool, type RunEvent, type RunObserver, task, TaskError } from 'manyhands'
import { Cache } from 'manyhands/cache'
import { pipeline } from 'manyhands/pipeline'
import { apply } from 'manyhands/workflow'

/** One row of a batch, as plain data. */
interface Row {
  readonly index: number
  readonly state: string
  readonly attempt: number
  readonly final: boolean
  readonly ms: number
  readonly start: number
  readonly run: string
}

/** An observer that keeps everything. */
function recorder(): { readonly observer: RunObserver; readonly rows: Row[]; readonly calls: string[] } {
  const rows: Row[] = []
  const calls: string[] = []
  const observer: RunObserver = {
    runStarted: ({ run, total }) => calls.push(`started ${run.name} ${total}`),
    attempts: (batch) => {
      calls.push('attempts')
      for (let i = 0; i < batch.length; i++) {
        rows.push({
          index: batch.index(i),
          state: ATTEMPT_STATES[batch.state?.[i] ?? 0] ?? 'unknown',
          attempt: batch.attempt?.[i] ?? 1,
          final: batch.final?.[i] !== 0,
          ms: batch.ms[i] as number,
          start: batch.start[i] as number,
          run: batch.run.name,
        })
      }
    },
    runEnded: ({ done, failed }) => calls.push(`ended ${done} ${failed}`),
  }
  return { observer, rows, calls }
}

for (const backend of ['serial', 'threads', 'processes'] as const) {
  describe(`observers: ${backend}`, () => {
    it('an observer hears of each attempt once, between the start and the end of its run', async () => {
      const { observer, rows, calls } = recorder()
      const before = Date.now()
      await map([1, 2, 3, 4], (n: number) => n * 2, { backend, workers: 1, observe: observer, name: 'double' })
      assert.deepEqual(rows.map(({ index }) => index).toSorted(), [0, 1, 2, 3])
      for (const row of rows) {
        assert.deepEqual([row.state, row.attempt, row.final, row.run], ['ok', 1, true, 'double'])
        assert.ok(row.ms >= 0 && row.start >= before - 1 && row.start + row.ms <= Date.now() + 1)
      }
      assert.equal(calls[0], 'started double 4')
      assert.equal(calls.at(-1), 'ended 4 0')
    })

    it('an attempt that fails and runs again has a row, and so has the one that follows', async () => {
      const { observer, rows } = recorder()
      const flaky = (n: number): number => {
        const seen = ((globalThis as { seen?: number }).seen ??= 0)
        ;(globalThis as { seen?: number }).seen = seen + 1
        if (n === 1 && seen === 0) throw new Error('not yet')
        return n
      }
      await map([1], flaky, { backend, workers: 1, retries: 1, observe: observer })
      assert.deepEqual(
        rows.map(({ state, attempt, final }) => [state, attempt, final]),
        [
          ['failed', 1, false],
          ['ok', 2, true],
        ],
      )
    })

    it('an observer that throws is switched off with one warning, and the run and other observers go on', async () => {
      const warnings: Error[] = []
      const onWarning = (warning: Error): void => void warnings.push(warning)
      process.on('warning', onWarning)
      let heard = 0
      const bad: RunObserver = {
        attempts: () => {
          heard++
          throw new Error('cannot write')
        },
      }
      const { observer, rows } = recorder()
      const results = await map([1, 2, 3], (n: number) => n, {
        backend,
        workers: 1,
        batch: 1,
        observe: [bad, observer],
      })
      await new Promise((resolve) => setImmediate(resolve))
      process.off('warning', onWarning)
      assert.deepEqual(results, [1, 2, 3])
      assert.equal(heard, 1)
      assert.equal(rows.length, 3)
      const [warning, ...others] = warnings.filter(({ message }) => message.includes('cannot write'))
      assert.equal((warning as { code?: string }).code, 'MH_OBSERVER')
      assert.deepEqual(others, [])
    })

    it('an observer of a pool hears runs, single calls and queues', async () => {
      const { observer, rows } = recorder()
      const pool = new Pool({ backend, workers: 1, observe: observer })
      await pool.map([1, 2], (n: number) => n, { name: 'mapped' })
      await pool.run((n: number) => n, 5)
      const queue = pool.queue()
      await queue.push(task((n: number) => n)(6))
      await queue.pop()
      await pool.close()
      assert.deepEqual(rows.map(({ run }) => run).toSorted(), ['mapped', 'mapped', 'queue', 'run'])
    })
  })
}

describe('what observers hear', () => {
  it('a worker that dies: the attempt is told with its time, a retry event follows, and the death is told', async () => {
    const events: RunEvent[] = []
    const { observer, rows } = recorder()
    const exits: unknown[] = []
    const results = await map([1], () => process.kill(process.pid, 'SIGKILL'), {
      backend: 'processes',
      workers: 1,
      workerDeaths: 1,
      onError: 'return',
      onEvent: (event) => events.push(event),
      observe: [observer, { workerExited: ({ death }) => exits.push(death?.reason) }],
    })
    assert.ok(results[0] instanceof TaskError)
    assert.deepEqual(
      rows.map(({ state, attempt, final }) => [state, attempt, final]),
      [
        ['crashed', 1, false],
        ['crashed', 2, true],
      ],
    )
    for (const { ms, start } of rows) assert.ok(ms >= 0 && start > 0)
    assert.deepEqual(
      events.map(({ type }) => type).filter((type) => type === 'retry' || type === 'failed'),
      ['retry', 'failed'],
    )
    assert.ok(events.every(({ at }) => at > 0))
    assert.deepEqual(exits, ['signal', 'signal'])
  })

  it('a result from the cache is a hit, and no attempt of a worker', async () => {
    const cache = new Cache(mkdtempSync(join(tmpdir(), 'manyhands-')))
    const { observer, rows } = recorder()
    const square = (n: number): number => n * n
    await map([2], square, { backend: 'serial', cache })
    await map([2], square, { backend: 'serial', cache, observe: observer })
    assert.deepEqual(
      rows.map(({ state, attempt, final }) => [state, attempt, final]),
      [['cached', 0, true]],
    )
  })

  it('diagnostics channels carry the same to whoever subscribed before the run', async () => {
    const heard: string[] = []
    const onEnd = (message: unknown): void => void heard.push((message as { run: { name: string } }).run.name)
    subscribe('manyhands:run:end', onEnd)
    await map([1], (n: number) => n, { backend: 'serial', name: 'heard' })
    unsubscribe('manyhands:run:end', onEnd)
    await map([1], (n: number) => n, { backend: 'serial', name: 'unheard' })
    assert.deepEqual(heard, ['heard'])
  })
})

describe('hits', () => {
  const cacheIn = (): Cache => new Cache(mkdtempSync(join(tmpdir(), 'manyhands-')))
  const states = async (run: (observer: RunObserver) => Promise<unknown>): Promise<string[]> => {
    const { observer, rows } = recorder()
    await run(observer)
    return rows.map(({ state }) => state)
  }

  it('calls of pool.run and of queues that come from the cache are hits', async () => {
    const square = cacheIn().wrap((n: number) => n * n)
    const heard = await states(async (observer) => {
      const pool = new Pool({ backend: 'threads', workers: 1, observe: observer })
      await pool.run(square, 3)
      await pool.run(square, 3)
      const queue = pool.queue()
      await queue.push(task(square)(3))
      await queue.pop()
      await pool.close()
    })
    assert.deepEqual(heard, ['ok', 'cached', 'cached'])
  })

  it('nodes and items of pipelines whose results all come from the cache are hits', async () => {
    const cache = cacheIn()
    const node = apply((n: number) => n + 1, { name: 'add' })([1, 2])
    const steps = pipeline<{ n: number }>('steps').step('twice', ({ n }) => n * 2, { cache: true })
    const workers = { backend: 'threads', workers: 1, cache } as const
    const runs = async (observer: RunObserver): Promise<void> => {
      await node.run({ ...workers, observe: observer })
      await steps.run([{ n: 1 }], { ...workers, observe: observer })
    }
    assert.deepEqual(await states(runs), ['ok', 'ok', 'ok'])
    assert.deepEqual(await states(runs), ['cached', 'cached', 'cached'])
  })
})

describe('the end of what observers hear', () => {
  it('nothing is told after the end of a cancelled run', async () => {
    const { observer, calls } = recorder()
    const controller = new AbortController()
    const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
    const all = { attempts: () => controller.abort(new Error('enough')) }
    const options = { backend: 'threads', workers: 2, concurrency: 4, signal: controller.signal } as const
    const run = map([0, 1, 1, 2, 2, 30, 30, 30], wait, { ...options, observe: [observer, all] })
    await assert.rejects(run.toArray(), /enough/)
    await map([1], (n: number) => n, { backend: 'threads', workers: 2 })
    assert.match(calls.at(-1) ?? '', /^ended/)
    assert.equal(calls.filter((call) => call.startsWith('ended')).length, 1)
  })

  it('a task that is halted while it waits to run again has a final row without an attempt', async () => {
    const { observer, rows } = recorder()
    const fail = (n: number): number => {
      if (n === 1) throw new Error('no')
      return n
    }
    const options = { backend: 'threads', workers: 1, onError: 'return', observe: observer } as const
    await map([1, 2], fail, { ...options, retries: { times: 3, delay: 60_000, jitter: false }, halt: 'soon,success=1' })
    assert.deepEqual(
      rows.filter(({ index }) => index === 0).map(({ state, attempt, final }) => [state, attempt, final]),
      [
        ['failed', 1, false],
        ['aborted', 0, true],
      ],
    )
  })

  it('a single call that is cancelled while it runs has a final row', async () => {
    const { observer, rows } = recorder()
    const controller = new AbortController()
    const pool = new Pool({
      backend: 'threads',
      workers: 1,
      observe: [observer, { attemptStarted: () => controller.abort(new Error('enough')) }],
    })
    const forever = task(() => new Promise<void>(() => {}))
    await assert.rejects(pool.run(forever(), { signal: controller.signal }), /enough/)
    await pool.terminate()
    assert.deepEqual(
      rows.map(({ state, final }) => [state, final]),
      [['aborted', true]],
    )
  })

  it('the steps of a pipeline that falls back to this thread are counted once', async () => {
    let held = 0
    const steps = pipeline<{ n: number }>('steps').step('add', ({ n }) => (held += n))
    const onWarning = (): void => {}
    process.on('warning', onWarning)
    const results = steps.run([{ n: 1 }, { n: 2 }], { backend: 'threads', fallback: 'serial' })
    await results
    process.off('warning', onWarning)
    assert.equal(results.report()['add']?.done, 2)
    assert.equal(held, 3)
  })
})

describe('steps', () => {
  it('the batches of a pipeline tell how long each step took, also of items that failed', async () => {
    const times: (readonly number[] | undefined)[] = []
    const observer: RunObserver = {
      attempts: (batch) => {
        for (let i = 0; i < batch.length; i++) times[batch.index(i)] = batch.stepMs(i)
      },
    }
    const check = (n: number): number => {
      if (n === 2) throw new Error('two')
      return n
    }
    const steps = pipeline<{ n: number }>('steps')
      .step('first', ({ n }) => n + 1)
      .step('second', ({ n }) => check(n))
      .step('third', ({ second }) => second)
    await steps.run([{ n: 1 }, { n: 2 }], { backend: 'threads', workers: 1, observe: observer })
    assert.equal(times[0]?.length, 3)
    assert.ok(times[0]?.every((ms) => ms >= 0))
    assert.ok((times[1]?.[0] ?? -1) >= 0)
    assert.ok((times[1]?.[2] ?? -1) < 0)
  })
})
