import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { RULES } from '#manyhands/view/insights/insights.js'

import { MadeDigest, START } from './support/made-run.js'

/** A run that shows what a rule looks for, what it then says, and a run like it that does not show it. */
interface RuleCase {
  readonly shown: () => MadeDigest
  readonly says: RegExp
  readonly hidden: () => MadeDigest
}

const bad = { state: 'failed', error: { name: 'Error', message: 'disk 7 is full' } } as const

const CASES: Readonly<Record<string, RuleCase>> = {
  failures: {
    shown: () =>
      new MadeDigest()
        .fill(8, 4, 10)
        .attempt({ task: 8, ...bad })
        .attempt({ task: 9, ...bad }),
    says: /^2 inputs failed: “Error: disk # is full”\.$/,
    hidden: () => new MadeDigest().fill(8, 4, 10),
  },
  burst: {
    shown: () => burstOf((i) => 30_000 + i),
    says: /^“Error: disk # is full” struck 20 times between 0:(29|30) and 0:3\d: look at the machine/,
    hidden: () => burstOf((i) => i * 2_900),
  },
  deaths: {
    shown: () => exited({ reason: 'out of memory' }),
    says: /^One worker died \(out of memory\) and was replaced\.$/,
    hidden: () => exited({}),
  },
  tail: {
    shown: () => new MadeDigest().fill(400, 4, 100).attempt({ task: 999, at: 10_000, ms: 8_000, input: 'big.tif' }),
    says: /^For the last 8 s most workers .* wait for #999 \(big\.tif\), which took 8 s\. Put the longest/,
    hidden: () => new MadeDigest().fill(400, 4, 100).attempt({ task: 999, at: 10_000, ms: 100 }),
  },
  slowSpell: {
    shown: () => spell(4),
    says: /^Between 0:0\d and 0:1\d only .*\/s were finished instead of .*: step read took \d\.\d times as long\.$/,
    hidden: () => spell(1),
  },
  warmUp: {
    shown: () => new MadeDigest().fill(8, 4, 100, {}, 3_000),
    says: /^The first task began after 3 s, and all of them took 200 ms/,
    hidden: () => new MadeDigest().fill(8, 4, 100, {}, 100),
  },
  idleWorkers: {
    shown: () => new MadeDigest().fill(100, 1, 100).attempt({ task: 101, worker: 2 }).attempt({ task: 102, worker: 3 }),
    says: /^Workers were idle 67 % of the time/,
    hidden: () => new MadeDigest().fill(400, 4, 100),
  },
  growingMemory: {
    shown: () => memoryOf((i) => (100 + i * 20) * 2 ** 20),
    says: /^The memory of worker 1 kept growing, from \d+ MB to \d+ MB/,
    hidden: () => memoryOf((i) => (300 + (i % 2) * 20) * 2 ** 20),
  },
  dominantStep: {
    shown: () => stepsOf([20, 80]),
    says: /^Step write takes 80 % of all time: twice as fast, it would make the run about 4 s shorter\.$/,
    hidden: () => stepsOf([30, 30, 40]),
  },
  recovered: {
    shown: () => new MadeDigest().attempt({ task: 0, ...bad }).attempt({ task: 0, attempt: 2, at: 20 }),
    says: /^1 input succeeded only when it was tried again\.$/,
    hidden: () => new MadeDigest().attempt({ task: 0, ...bad }).attempt({ task: 0, attempt: 2, at: 20, ...bad }),
  },
  unevenTimes: {
    shown: () => new MadeDigest().fill(196, 4, 10).fill(4, 4, 900),
    says: /^Times are uneven: one task in a hundred takes \d+ times as long as the median, (9\.\d|10) ms\.$/,
    hidden: () => new MadeDigest().fill(196, 4, 10).fill(4, 4, 50),
  },
  shortTasks: {
    shown: () => quick(0.005),
    says: /^Half of the tasks take less than 5 µs/,
    hidden: () => quick(0.5),
  },
  cached: {
    shown: () =>
      new MadeDigest().attempt({ task: 0, state: 'cached', attempt: 0, start: null, ms: null, worker: null }),
    says: /^1 result came from the cache\.$/,
    hidden: () => new MadeDigest().attempt({ task: 0 }),
  },
}

function burstOf(at: (i: number) => number): MadeDigest {
  const made = new MadeDigest().fill(240, 4, 1_000)
  for (let i = 0; i < 20; i++) made.attempt({ task: 1_000 + i, at: at(i), ...bad })
  return made
}

function exited(more: { readonly reason?: string }): MadeDigest {
  const made = new MadeDigest().fill(8, 4, 10)
  made.digest.worker({ event: 'exit', worker: 1, slot: 0, host: 'h', at: START + 20, ...more })
  return made
}

/** Runs for 20 s, in the middle of which the first step takes so many times as long. */
function spell(factor: number): MadeDigest {
  const made = new MadeDigest({ steps: ['read', 'write'] })
  for (let worker = 1, task = 0; worker <= 4; worker++)
    for (let at = 0; at < 20_000; task++) {
      const read = 10 * (at > 7_000 && at < 12_000 ? factor : 1)
      made.attempt({ task, worker, at, ms: read + 10, steps: [read, 10] })
      at += read + 10
    }
  return made
}

function memoryOf(bytes: (i: number) => number): MadeDigest {
  const made = new MadeDigest().fill(400, 4, 200)
  for (let i = 0; i < 20; i++) made.digest.sample({ at: START + i * 1_000, rss: 1, memory: [[0, bytes(i)]] })
  return made
}

function stepsOf(steps: readonly number[]): MadeDigest {
  const names = ['read', 'write', 'close'].slice(0, steps.length)
  return new MadeDigest({ steps: names }).fill(400, 4, 100, { steps })
}

function quick(ms: number): MadeDigest {
  const made = new MadeDigest({ head: { backend: 'processes' } }).fill(4, 4, 3_000)
  const about = { run: 'calm-otter-41', code: 'sha256:c', host: 'h', worker: 1 }
  made.digest.successes({ ...about, task: 10, count: 20_000, start: START, ms: 20_000 * ms })
  return made
}

describe('each rule about what stands out', () => {
  for (const [rule, { shown, says, hidden }] of Object.entries(CASES)) {
    it(`${rule}: says so`, () => assert.match(shown().said(rule) ?? 'nothing', says))
    it(`${rule}: says nothing of a run like it that does not show it`, () =>
      assert.equal(hidden().said(rule), undefined))
  }
  it('has a case', () => assert.deepEqual(Object.keys(CASES).toSorted(), Object.keys(RULES).toSorted()))
})

describe('what stands out', () => {
  it('says nothing about idle workers if the log does not tell slots', () => {
    const made = new MadeDigest({ isOld: true }).fill(100, 1, 100).attempt({ task: 101, worker: 2 })
    assert.equal(made.view().hasSlots, false)
    assert.deepEqual(made.view().insights, [])
  })
  it('says nothing about idle workers of a run that still goes on', () => {
    const made = new MadeDigest().fill(100, 1, 100).attempt({ task: 101, worker: 2 })
    const { insights } = made.view({ state: 'running' })
    assert.deepEqual(insights, [])
  })
  it('is at most six sentences, the heaviest first', () => {
    const made = spell(6)
    for (let i = 0; i < 20; i++) made.attempt({ task: 90_000 + i, at: 1_000 + i, ...bad })
    made.attempt({ task: 1, attempt: 2, at: 1 }).attempt({ task: 90_000, attempt: 2, at: 5_000 })
    made.digest.worker({ event: 'exit', worker: 1, slot: 0, host: 'h', at: START + 20, reason: 'out of memory' })
    made.attempt({ task: 99_999, at: 20_000, ms: 9_000 })
    const weights = made.view().insights.map(({ weight }) => weight)
    assert.equal(weights.length, 6)
    assert.deepEqual(
      weights,
      weights.toSorted((a, b) => b - a),
    )
  })
})
