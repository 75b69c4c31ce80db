import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { currentTask, TaskAbortedError, TaskTimeoutError, WorkerCrashedError } from 'manyhands'
import { pipeline } from 'manyhands/pipeline'

import { Scratch } from '#manyhands/testing/scratch.js'

import { BACKENDS, WITH_WORKERS } from '../support/each-backend.js'

/** Longer than anything else here takes. */
const LONG = 60_000

/** What is stopped is stopped after this; what is quick must be done by then also where the machine is busy. */
const LIMIT = 500

const forever = (): Promise<never> => new Promise(() => {})

function spin(): number {
  for (;;);
}

describe('the retries of a step', () => {
  for (const backend of BACKENDS) {
    it(`run it alone again, with what was there before: ${backend}`, async () => {
      using scratch = new Scratch()
      const log = scratch.file('log')
      const flaky = pipeline<{ n: number }>('flaky')
        .step('once', ({ n }) => {
          appendFileSync(log, `once${n} `)
          return n
        })
        .step(
          'often',
          ({ once }) => {
            const { attempt } = currentTask()
            if (attempt <= once) throw new TypeError(`try ${attempt}`)
            return attempt
          },
          { retries: { times: 2, when: (error) => error.message.includes('try') && error.step === 'often' } },
        )
      const [one, two, three] = await flaky.run([{ n: 1 }, { n: 2 }, { n: 3 }], { backend, concurrency: 1 })
      assert.equal(one?.ok && one.clip.often, 2)
      assert.equal(two?.ok && two.clip.often, 3)
      assert.ok(three?.ok === false)
      assert.match(three.error.message, /step "often", failed: TypeError: try 3/)
      assert.deepEqual(three.attempts, { once: 1, often: 3 })
      assert.deepEqual(three.clip, { n: 3, once: 3 })
      assert.deepEqual(readFileSync(log, 'utf8').trim().split(' ').sort(), ['once1', 'once2', 'once3'])
    })

    it(`wait as long as they say, and begin anew with those of the run: ${backend}`, async () => {
      const late = pipeline<{ n: number }>('late').step(
        'now',
        ({ n }) => {
          if (currentTask().attempt < n) throw new Error('not yet')
          return currentTask().attempt
        },
        { retries: 1, retryDelay: 40 },
      )
      const [two, three, four] = await late.run([{ n: 2 }, { n: 3 }, { n: 9 }], { backend, retries: 1 })
      assert.equal(two?.ok && two.clip.now, 2)
      // Half of the delay at least, and timers may be a little early.
      assert.ok((two?.timings.now ?? 0) >= 18)
      assert.equal(three?.ok && three.clip.now, 3)
      assert.equal(four?.ok, false)
      assert.equal(four?.error?.attempts, 2)
    })
  }
})

describe('the timeout of a step', () => {
  for (const backend of BACKENDS) {
    it(`ends a step that waits: its signal fires, the clip is as before: ${backend}`, async () => {
      using scratch = new Scratch()
      const fired = scratch.file('fired')
      const waiting = pipeline<{ n: number }>('waiting')
        .step('quick', ({ n }) => n, { timeout: LONG })
        .step(
          'wait',
          ({ n }) => {
            const { signal } = currentTask()
            signal.addEventListener('abort', () => appendFileSync(fired, (signal.reason as Error).name))
            return n === 1 ? forever() : n
          },
          { timeout: LIMIT },
        )
        .step('after', () => currentTask().signal.aborted)
      const [bad, good] = await waiting.run([{ n: 1 }, { n: 2 }], { backend })
      assert.ok(bad?.ok === false && good?.ok === true)
      assert.equal(good.clip.after, false)
      assert.equal(bad.step, 'wait')
      assert.ok(bad.error instanceof TaskTimeoutError)
      assert.equal(bad.error.timeout, LIMIT)
      assert.equal(bad.error.message, 'waiting[0], step "wait", timed out: it ran longer than 500 ms')
      assert.deepEqual(bad.clip, { n: 1, quick: 1 })
      assert.equal(readFileSync(fired, 'utf8'), 'TaskTimeoutError')
    })

    it(`counts anew for each try: ${backend}`, async () => {
      const second = pipeline<{ n: number }>('second').step(
        'wait',
        () => (currentTask().attempt === 1 ? forever() : currentTask().signal.aborted),
        { timeout: LIMIT, retries: 1 },
      )
      const [r] = await second.run([{ n: 1 }], { backend })
      assert.equal(r?.ok && r.clip.wait, false)
      assert.deepEqual(r?.attempts, { wait: 2 })
    })
  }

  it('is passed also by a step that gave its thread back too late', async () => {
    const slow = pipeline<{ ms: number }>('slow').step(
      'work',
      ({ ms }) => {
        const end = performance.now() + ms
        while (performance.now() < end);
        return 1
      },
      { timeout: LIMIT },
    )
    const [bad, good] = await slow.run([{ ms: LIMIT + 5 }, { ms: 0 }], { backend: 'serial' })
    assert.ok(bad?.error instanceof TaskTimeoutError)
    assert.equal(good?.ok, true)
  })

  for (const backend of WITH_WORKERS) {
    it(`ends a step that blocks, with its worker; others go on: ${backend}`, async () => {
      const blocking = pipeline<{ n: number }>('blocking')
        .step('before', ({ n }) => n)
        .step('work', ({ n }) => (n === 1 ? spin() : n), { timeout: LIMIT })
      const [good, bad, other] = await blocking.run([{ n: 0 }, { n: 1 }, { n: 2 }], { backend, workers: 1 })
      assert.ok(good?.ok === true && bad?.ok === false && other?.ok === true)
      assert.equal(bad.step, 'work')
      assert.ok(bad.error instanceof TaskTimeoutError)
      assert.equal(bad.error.timeout, LIMIT)
      assert.deepEqual(bad.clip, { n: 1 }, 'what the worker had is gone')
    })

    it(`lets a step that blocks run again as often as it may: ${backend}`, async () => {
      const again = pipeline<{ n: number }>('again').step(
        'work',
        ({ n }) => (currentTask().attempt <= n ? spin() : currentTask().attempt),
        { timeout: LIMIT, retries: 1 },
      )
      const [good, bad] = await again.run([{ n: 1 }, { n: 2 }], { backend })
      assert.equal(good?.ok && good.clip.work, 2)
      assert.ok(bad?.error instanceof TaskTimeoutError)
      assert.equal(bad.error.attempts, 2)
    })
  }
})

describe('the limits of the run', () => {
  for (const backend of BACKENDS) {
    it(`name the step that an input was at: ${backend}`, async () => {
      const stuck = pipeline<{ n: number }>('stuck')
        .step('first', ({ n }) => n)
        .step('second', ({ n }) => (n === 1 ? forever() : n))
      const [bad, good] = await stuck.run([{ n: 1 }, { n: 2 }], { backend, timeout: LIMIT })
      assert.ok(bad?.ok === false && good?.ok === true)
      assert.ok(bad.error instanceof TaskTimeoutError)
      assert.equal(bad.step, 'second')
      assert.match(bad.error.message, /^stuck\[0\], step "second", timed out/)
    })

    it(`leave outcomes for all that was stopped or not begun: ${backend}`, async () => {
      const halting = pipeline<{ n: number }>('halting').step('fail', ({ n }) => {
        if (n === 0) throw new Error('the first')
        return forever()
      })
      const outcomes = await halting.run(
        [0, 1, 2, 3].map((n) => ({ n })),
        { backend, halt: 'now,fail=1', batch: 1 },
      )
      assert.ok(outcomes.length >= 1)
      for (const { ok, step, error } of outcomes) {
        assert.equal(ok, false)
        assert.equal(step, 'fail')
        assert.ok(error instanceof TaskAbortedError || /the first/.test(error?.message ?? ''))
      }
    })

    it(`stop steps that wait when the run is cancelled: ${backend}`, async () => {
      using scratch = new Scratch()
      const { folder } = scratch
      const waiting = pipeline<{ n: number }>('waiting')
        .step('wait', async ({ n }) => {
          appendFileSync(`${folder}/began`, '')
          return n === 0 ? n : forever()
        })
        .step('after', () => appendFileSync(`${folder}/after`, 'x'), { returns: 'nothing' })
        .finally('end', (_, { ok, step }) => {
          writeFileSync(`${folder}/ending`, `${ok} ${step}`)
          renameSync(`${folder}/ending`, `${folder}/end`)
        })
      const results = waiting.run([{ n: 1 }], { backend })
      const reading = results.next()
      await scratch.appears('began')
      results.cancel()
      assert.deepEqual(await reading, { done: true, value: undefined })
      await scratch.appears('end')
      assert.equal(readFileSync(scratch.file('end'), 'utf8'), 'false wait')
    })
  }

  for (const backend of ['processes', 'threads'] as const) {
    it(`name the step under which a worker died: ${backend}`, async () => {
      const deadly = pipeline<{ n: number }>('deadly')
        .step('first', ({ n }) => n)
        .step('second', async ({ n }) => {
          await Promise.resolve()
          if (n === 3) process.exit(7)
          return n
        })
      const outcomes = await deadly.run(
        Array.from({ length: 20 }, (_, n) => ({ n })),
        { backend },
      )
      const bad = outcomes.filter(({ ok }) => !ok)
      assert.equal(bad.length, 1)
      const [crashed] = bad
      assert.ok(crashed?.ok === false && crashed.error instanceof WorkerCrashedError)
      assert.equal(crashed.step, 'second')
      assert.equal(crashed.index, 3)
      assert.deepEqual(crashed.clip, { n: 3 })
      assert.match(crashed.error.message, /^deadly\[3\], step "second", lost its worker/)
    })
  }
})
