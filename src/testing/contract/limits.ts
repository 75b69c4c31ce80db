import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { map, TaskAbortedError, TaskError, TimeoutError } from '../../index.ts'
import { failOn, identity, later, never } from '../contract-tasks.ts'
import { failure, type Subject } from './subject.ts'

function* endless(): Generator<number, never> {
  for (let i = 0; ; i++) yield i
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** Rules that hold for a run as a whole. */
export function limits({ backend }: Subject): void {
  describe('the limits of a run', () => {
    it('end it by its deadline, and say so where inputs were left', async () => {
      const run = map(endless(), identity, { backend, deadline: 300, window: 10, ordered: false, onError: 'return' })
      const values: unknown[] = []
      const error = await failure(
        (async () => {
          for await (const value of run) values.push(value)
        })(),
      )
      assert.ok(error instanceof TimeoutError && error.timeout === 300, String(error))
      assert.ok(values.length > 0)
      assert.equal(run.stats().endedBy, 'deadline')
    })

    it('abort what has not finished when the deadline is over', async () => {
      const records = await all(map([1, 2], never, { backend, deadline: 200, concurrency: 2, batch: 1 }).settled())
      assert.equal(records.length, 2)
      for (const record of records) {
        assert.ok(record.status === 'rejected' && record.reason instanceof TaskAbortedError)
        assert.match(record.reason.message, /deadline of 200 ms/)
      }
    })

    it('halt it after so many failures: each input that was read has one outcome', async () => {
      const run = map([0, 1, 2, 3, 4, 5, 6, 7], failOn, {
        backend,
        args: [2],
        halt: 'now,fail=1',
        batch: 1,
        workers: 1,
      })
      const records = await all(run.settled())
      assert.deepEqual(
        records.map(({ index }) => index),
        records.map((_, i) => i),
      )
      const bad = records[2]
      assert.ok(bad?.status === 'rejected' && bad.reason.cause instanceof RangeError)
      for (const record of records.slice(3))
        if (record.status === 'rejected') assert.ok(record.reason instanceof TaskAbortedError)
      assert.equal(run.stats().endedBy, 'halt')
    })

    it('halt it when a share is done, and let what runs end', async () => {
      const run = map(endless(), identity, {
        backend,
        halt: 'soon,success=5',
        total: 100,
        onError: 'return',
        window: 20,
      })
      const values = await run
      const good = values.filter((value) => !(value instanceof TaskError))
      assert.ok(good.length >= 5 && values.length < 200, `${good.length} of ${values.length}`)
      const half = await map([1, 2, 3, 4], identity, { backend, halt: 'soon,done=100%' })
      assert.deepEqual(half, [1, 2, 3, 4])
    })

    it('halt it also where all inputs have been read', async () => {
      async function* inputs(): AsyncGenerator<number, void> {
        for (let i = 0; i < 1_500; i++) yield i
      }
      const options = { backend, workers: 1, batch: 1, halt: 'soon,done=5', onError: 'return' } as const
      const values = await map(inputs(), later, options)
      const good = values.filter((value) => !(value instanceof TaskError))
      // A worker on another machine may have some hundreds when it is told.
      assert.ok(good.length >= 5 && good.length < 1_000, `${good.length} ran`)
    })

    it('start no more tasks in a second than its rate', async () => {
      const startedAt = performance.now()
      assert.equal((await map(Array.from({ length: 21 }, identity), identity, { backend, rate: 200 })).length, 21)
      // Twenty steps of 5 ms, less what may be made up for.
      assert.ok(performance.now() - startedAt >= 85)
    })

    it('start nothing where less memory is free than there should be', async () => {
      const warnings: string[] = []
      const listen = (warning: Error & { code?: string }): unknown => warnings.push(warning.code ?? '')
      process.on('warning', listen)
      const controller = new AbortController()
      const run = failure(map([1], identity, { backend, memfree: '1000T', signal: controller.signal }))
      while (!warnings.includes('MH_LOW_MEMORY')) await new Promise((resolve) => process.once('warning', resolve))
      controller.abort('enough')
      assert.equal(await run, 'enough')
      process.off('warning', listen)
      assert.deepEqual(await map([1], identity, { backend, memfree: 1 }), [1])
    })
  })
}
