import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'

import { currentTask, map, type ProgressState, type RunEvent, withPool } from 'manyhands'

import { Scratch } from '#manyhands/testing/scratch.js'

import { BACKENDS } from '../support/each-backend.js'
import { double, identity, touch, wait } from '../support/tasks.js'

const LIMIT = { timeout: 180_000 }

function throwUntil(attempt: number): number {
  if (currentTask().attempt < attempt) throw new RangeError(`attempt ${currentTask().attempt}`)
  return currentTask().attempt
}

for (const backend of BACKENDS) {
  describe(`runs: ${backend}`, LIMIT, () => {
    it('tell how far they are', async () => {
      const run = map([1, 2, 3], double, { backend })
      const before = run.stats()
      assert.deepEqual(
        { ...before },
        {
          done: 0,
          cached: 0,
          failed: 0,
          retried: 0,
          running: 0,
          waiting: 0,
          read: 0,
          elapsedMs: 0,
          endedBy: undefined,
        },
      )
      assert.ok(Object.isFrozen(before))
      assert.deepEqual((await run.next()).value, 2)
      assert.ok(run.stats().read >= 1)
      assert.ok(run.stats().elapsedMs > 0)
      while ((await run.next()).done !== true);
      const { done, failed, running, waiting, read, elapsedMs } = run.stats()
      assert.deepEqual(
        { done, failed, running, waiting, read },
        { done: 3, failed: 0, running: 0, waiting: 0, read: 3 },
      )
      for (const later = performance.now() + 2; performance.now() < later;);
      assert.equal(run.stats().elapsedMs, elapsedMs)
    })

    it('count failures and retries', async () => {
      const run = map([1, 2, 9], throwUntil, { backend, retries: 1, onError: 'return' })
      const outcomes = await run
      assert.deepEqual(outcomes.slice(0, 2), [1, 2])
      const { done, failed, retried } = run.stats()
      assert.deepEqual({ done, failed, retried }, { done: 2, failed: 1, retried: 2 })
    })

    it('wait before they try again as long as they shall', async () => {
      const startedAt = performance.now()
      const retries = { times: 2, delay: 40, factor: 2, jitter: false }
      assert.deepEqual(await map([3], throwUntil, { backend, retries }), [3])
      assert.ok(performance.now() - startedAt >= 118, `${performance.now() - startedAt} ms`)
    })

    it('try again only what they may', async () => {
      const asked: unknown[] = []
      const when = (error: Error): boolean => {
        asked.push((error.cause as Error).message)
        return asked.length < 2
      }
      const outcome = await map([9], throwUntil, {
        backend,
        retries: { times: 5, when },
        onError: (error) => error.attempts,
      })
      assert.deepEqual(outcome, [2])
      assert.deepEqual(asked, ['attempt 1', 'attempt 2'])
      const broken = (): boolean => {
        throw new TypeError('no idea')
      }
      await assert.rejects(
        async () => map([9], throwUntil, { backend, retries: { times: 5, when: broken } }),
        /no idea/,
      )
    })

    it('that end before they have begun start nothing', async () => {
      using scratch = new Scratch()
      const inputs = ['a', 'b', 'c'].map((name) => scratch.file(name))
      await withPool({ backend, workers: 1 }, async (pool) => {
        assert.equal(await pool.run(identity, 1), 1)
        const events: RunEvent[] = []
        const cancelled = pool.map(inputs, touch, { onEvent: (event) => events.push(event) }).start()
        cancelled.cancel('never mind')
        const controller = new AbortController()
        const aborted = pool.map(inputs, touch, { signal: controller.signal }).start()
        controller.abort('never mind')
        await assert.rejects(
          async () => cancelled,
          (reason) => reason === 'never mind',
        )
        await assert.rejects(
          async () => aborted,
          (reason) => reason === 'never mind',
        )
        // Whatever they had given to the worker would run before this.
        assert.equal(await pool.run(identity, 2), 2)
        assert.deepEqual(
          inputs.filter((file) => existsSync(file)),
          [],
        )
        assert.deepEqual(
          events.filter(({ type }) => type === 'start'),
          [],
        )
      })
    })

    it('show their progress in lines, the last one when all is done', async () => {
      using scratch = new Scratch()
      const gate = { started: scratch.file('started'), release: scratch.file('release') }
      const lines: string[] = []
      const stream = {
        write: (text: string): boolean => {
          lines.push(text)
          scratch.touch('release')
          return true
        },
      } as unknown as NodeJS.WritableStream
      const progress = { stream, delay: 0, interval: 1, label: 'waiting', unit: 'files' }
      assert.deepEqual(await map([gate], wait, { backend, progress }), ['released'])
      assert.match(lines[0] ?? '', /^\[waiting\] 0\/1 files {2}0 % {2}/)
      assert.match(lines.at(-1) ?? '', /^\[waiting\] 1\/1 files {2}100 % {2}.*\n$/)
    })

    it('show it on a terminal, and leave nothing of it there', async () => {
      using scratch = new Scratch()
      const gate = { started: scratch.file('started'), release: scratch.file('release') }
      let written = ''
      const stream = {
        isTTY: true,
        columns: 80,
        write: (text: string): boolean => {
          written += text
          if (written.includes('0/1')) scratch.touch('release')
          return true
        },
        on: () => stream,
        once: () => stream,
        removeListener: () => stream,
      } as unknown as NodeJS.WritableStream & { isTTY: boolean }
      assert.deepEqual(await map([gate], wait, { backend, progress: { stream, delay: 0, interval: 1 } }), ['released'])
      assert.match(stripVTControlCharacters(written), / {2}wait {2}.*0\/1 {2}0 %/)
      // Hidden while it is drawn, shown again in the end.
      assert.ok(written.includes('\u001B[?25l'))
      assert.ok(written.lastIndexOf('\u001B[?25h') > written.lastIndexOf('\u001B[?25l'))
    })

    it('tell a function of it', async () => {
      const states: ProgressState[] = []
      await map([1, 2, 9], throwUntil, {
        backend,
        retries: 1,
        onError: 'return',
        progress: (state) => states.push(state),
      })
      const { done, failed, running, total, etaMs } = states.at(-1) as ProgressState
      assert.deepEqual({ done, failed, running, total }, { done: 2, failed: 1, running: 0, total: 3 })
      assert.ok(etaMs === undefined || etaMs === 0)
    })
  })
}
