import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Digest } from '#manyhands/view/digest/digest.js'

import { MadeDigest, START } from './support/made-run.js'

const bad = { state: 'failed', error: { name: 'Error', message: 'no', stack: 'Error: no\n    at f' } } as const
const about = { run: 'calm-otter-41', code: 'sha256:c', host: 'h', worker: 1 }

describe('the digest of a run', () => {
  it('counts tasks by their last attempt, and what a retry saved', () => {
    const made = new MadeDigest()
      .attempt({ task: 0 })
      .attempt({ task: 1, ...bad })
      .attempt({ task: 1, attempt: 2, at: 20 })
      .attempt({ task: 2, ...bad })
      .attempt({ task: 2, attempt: 2, at: 30, state: 'timeout' })
    const { states, attempts, recovered, kinds } = made.view()
    assert.deepEqual([states.ok, states.failed, states.timeout, attempts, recovered], [2, 0, 1, 5, 1])
    const counts = kinds.map((kind) => [kind.state, kind.failed, kind.recovered, kind.tries])
    assert.deepEqual(counts, [
      ['timeout', 1, 0, 1],
      ['failed', 0, 1, 2],
    ])
  })

  it('puts workers that replaced each other into one lane, and deaths at their time', () => {
    const made = new MadeDigest({ workers: 2 }).attempt({ task: 0 }).attempt({ task: 1, worker: 2 })
    const exit = { event: 'exit', worker: 1, slot: 0, host: 'h', at: START + 50, reason: 'out of memory' } as const
    made.digest.worker(exit)
    made.digest.worker({ event: 'start', worker: 3, slot: 0, host: 'h', at: START + 60 })
    made.attempt({ task: 2, worker: 3, at: 70 })
    const { lanes, events } = made.view()
    assert.deepEqual(
      lanes.map(({ slot, tasks, deaths }) => [slot, tasks, deaths]),
      [
        [0, 2, 1],
        [1, 1, 0],
      ],
    )
    assert.deepEqual(events, [{ at: 50, lane: 0, reason: 'out of memory', planned: false }])
  })

  it('tells how much of each bin a lane worked, divided by steps', () => {
    const made = new MadeDigest({ workers: 1, steps: ['a', 'b'] }).attempt({ task: 0, ms: 10, steps: [4, 6] })
    const [lane] = made.view().lanes
    assert.deepEqual(
      lane?.work.map((series) => series.map((share) => share / 250)),
      [
        [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0],
      ],
    )
  })

  it('keeps all attempts of a short run, those told together as well', () => {
    const made = new MadeDigest().attempt({ task: 0, at: 5 })
    made.digest.successes({ ...about, task: 1, count: 3, start: START, ms: 3 })
    const { singles } = made.view()
    assert.equal(singles.all, true)
    assert.deepEqual(singles.task, [1, 2, 3, 0])
    assert.deepEqual(singles.start, [0, 1, 2, 5])
    assert.deepEqual(singles.input, ['', '', '', 'in-0'])
  })

  it('keeps failures, retries and the slowest of a long run', () => {
    const made = new MadeDigest()
    for (let task = 0; task < 25_000; task++) made.attempt({ task, at: task, ms: task === 70 ? 900 : 1 })
    made.attempt({ task: 25_001, ms: 0.5, ...bad }).attempt({ task: 25_002, attempt: 2, ms: 0.5 })
    const { singles, slowest, states } = made.view()
    assert.equal(singles.all, false)
    assert.equal(states.ok, 25_001)
    for (const task of [70, 25_001, 25_002]) assert.ok(singles.task.includes(task), `#${task}`)
    assert.ok(singles.task.length <= 302, String(singles.task.length))
    assert.equal(singles.task[slowest[0] as number], 70)
  })

  it('reads a log without heads by what its rows tell', () => {
    const view = new MadeDigest({ isOld: true }).attempt({ task: 4, worker: 9 }).view({ name: 'thumbnails', total: 8 })
    assert.deepEqual([view.run.name, view.run.total, view.run.started], ['thumbnails', 8, START])
    assert.deepEqual(
      view.lanes.map(({ slot }) => slot),
      [9],
    )
  })

  it('of a run of which nothing is known is an empty view', () => {
    const view = new Digest().view({ state: 'killed', exitCode: undefined })
    assert.equal(view.end, 0)
    assert.deepEqual(view.insights, [])
    assert.deepEqual(JSON.parse(JSON.stringify(view)).singles.task, [])
  })

  it('stays bounded if a log names any number of workers, kinds, events and steps', () => {
    const steps = Array.from({ length: 500 }, (_, i) => `s${i}`)
    const made = new MadeDigest({ steps })
    for (let i = 0; i < 3_000; i++) {
      const error = { name: `E${'x'.repeat(i % 300)}`, message: 'm', stack: 's'.repeat(20_000) }
      made.attempt({ task: i, worker: i + 10, state: 'failed', error, at: i, steps: steps.map(() => 1) })
      made.digest.worker({ event: 'exit', worker: i + 10, slot: i + 10, host: 'h', at: START + i, reason: 'gone' })
    }
    const view = made.view()
    assert.deepEqual([view.lanes.length, view.kinds.length <= 200, view.events.length], [128, true, 2_000])
    assert.deepEqual([view.moreEvents, view.steps.length], [1_000, 32])
    assert.equal(
      view.kinds.reduce((sum, kind) => sum + kind.tries, view.otherFailures),
      3_000,
    )
    assert.ok(JSON.stringify(view).length < 8_000_000)
  })

  it('survives times and numbers that no run has', () => {
    const made = new MadeDigest()
      .attempt({ task: Number.MAX_SAFE_INTEGER, at: 1e300 })
      .attempt({ task: 2 ** 24 + 5, ...bad, at: -1e12 })
      .attempt({ task: 2 ** 24 + 5, attempt: 2 })
      .attempt({ task: 3, ms: 1e300 })
    const hostile = { at: Number.MAX_VALUE, memory: [[1, 'x'], null, [-1, 4]], rss: {} }
    made.digest.sample(hostile)
    const { states, end, recovered } = made.view()
    assert.deepEqual([states.ok, recovered], [3, 1])
    assert.ok(end < 1_000)
  })
})
