import assert from 'node:assert/strict'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'

import { type Backend, map, Pool, stateful, TaskTimeoutError, UnsupportedError, withPool } from 'manyhands'
import { Cache } from 'manyhands/cache'
import { nats, type RunningWorkers, runWorker } from 'manyhands/nats'
import { pipeline } from 'manyhands/pipeline'
import { apply, filter, flatMap, gather, groupBy, join, type WorkflowNode } from 'manyhands/workflow'

import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { Broker } from '../support/broker.js'
import { until } from '../support/until.js'
import * as steps from './flow-steps.js'

const LIMIT = { timeout: 180_000 }

let broker: Broker
let strict: RunningWorkers
let open: RunningWorkers
let backend: Backend
let byValue: Backend

before(async () => {
  broker = await Broker.start()
  const servers = broker.url
  strict = await runWorker({ servers, workers: 2, modules: [new URL('./flow-steps.js', import.meta.url)] })
  open = await runWorker({ servers, group: 'open', workers: 2, modules: [], allowCode: true })
  backend = nats({ servers })
  byValue = nats({ servers, group: 'open' })
}, LIMIT)

after(async () => {
  for (const workers of [strict, open]) {
    // What the runs had they have given back.
    await until(() => workers.status().busy === 0)
    await workers.drain(500)
  }
  await broker[Symbol.asyncDispose]()
  rmSync(String(steps.cache.dir), { recursive: true, force: true })
})

const inputs = [1, 2, 3, 4].map((n) => ({ n }))

describe('a pipeline on a cluster', () => {
  it('has steps that workers export; one that fails is named, and costs only its input', LIMIT, async () => {
    const flow = pipeline<{ n: number }>('flow')
      .step('tenfold', steps.tenfold)
      .step('checked', steps.checked)
      .step('withConfig', steps.withConfig)
    const outcomes = await flow.run(inputs, { backend, config: { plus: 5 } })
    assert.deepEqual(
      outcomes.map((one) => (one.ok ? one.clip.withConfig : one.step)),
      [16, 26, 'checked', 46],
    )
    const bad = outcomes[2]
    assert.ok(bad?.ok === false && bad.error.cause instanceof RangeError)
    assert.deepEqual(bad.clip, { n: 3, tenfold: 30 })
  })

  it('may have them in itself, where a module of the workers exports it; one that blocks is ended', LIMIT, async () => {
    const outcomes = await steps.inline.run(inputs, { backend })
    assert.deepEqual(
      outcomes.map((one) => (one.ok ? one.clip.triple : one.step)),
      [3, 'blocks', 9, 12],
    )
    assert.ok(outcomes[1]?.error instanceof TaskTimeoutError)
    assert.ok(outcomes.every((one) => !one.ok || one.clip.pid !== process.pid))
  })

  it('with steps by value needs --allow-code', LIMIT, async () => {
    const offset = 7
    const flow = pipeline<{ n: number }>('flow').step('sum', ({ n }) => n + offset)
    const error = await failure(flow.run(inputs, { backend }))
    assert.ok(error instanceof UnsupportedError)
    assert.match(error.message, /--allow-code/)
    const [one] = await flow.run([{ n: 1 }], { backend: byValue })
    assert.equal(one?.ok && one.clip.sum, 8)
  })

  for (const [one, other] of [
    ['nats', 'nats'],
    ['nats', 'processes'],
    ['processes', 'nats'],
  ] as const) {
    it(`finds the results of steps on ${other} that were kept on ${one}`, LIMIT, async () => {
      using scratch = new Scratch()
      // No two of them have the same half: what is short may be computed twice.
      const evens = [2, 4, 6, 8].map((n) => ({ n }))
      const on = (name: string): Backend | 'processes' => (name === 'nats' ? backend : 'processes')
      const cachedOf = async (where: string, plus: number) => {
        const cache = new Cache(scratch.file('cache'))
        const flow = pipeline<{ n: number }>('kept')
          .step('half', ['n'], cache.wrap(steps.half, { ignore: [1] }))
          .step('large', ['half'], cache.wrap(steps.large, { ignore: [1] }))
          .step('sum', ['large'], steps.sum, { cache: true })
        const outcomes = await flow.run(evens, { backend: on(where), cache, config: { plus } })
        const { hits, joined, misses, stored, unstorable } = cache.stats()
        const counts = { calls: hits + joined + misses, misses, stored, unstorable }
        const clips = outcomes.map((r) => (r.ok ? r.clip : assert.fail(r.error)))
        return { clips, cached: outcomes.map((r) => r.cached), counts }
      }
      const first = await cachedOf(one, 1)
      assert.deepEqual(first.counts, { calls: 12, misses: 12, stored: 12, unstorable: 0 })
      assert.deepEqual(
        first.clips.map(({ sum }) => sum),
        [100_001, 200_001, 300_001, 400_001],
      )
      const again = await cachedOf(other, 1)
      assert.deepEqual(again.clips, first.clips)
      assert.deepEqual(
        again.cached,
        evens.map(() => ['half', 'large', 'sum']),
      )
      assert.deepEqual(again.counts, { calls: 12, misses: 0, stored: 0, unstorable: 0 })
      const changed = await cachedOf(other, 2)
      assert.deepEqual(changed.counts, { calls: 12, misses: 4, stored: 4, unstorable: 0 }, 'what uses the config')
      assert.deepEqual(
        changed.clips.map(({ sum }) => sum),
        [100_002, 200_002, 300_002, 400_002],
      )
    })
  }

  it('has wrapped functions in itself, or those that a module of the workers exports', LIMIT, async () => {
    const cubes = pipeline<{ n: number; note: string }>('cubes').step('cube', steps.cubed)
    for (const [note, cached] of [['first', 0] as const, ['second', 1] as const]) {
      const [square] = await steps.squares.run([{ n: 3, note }], { backend })
      const [cube] = await cubes.run([{ n: 3, note }], { backend })
      assert.deepEqual([square?.ok && square.clip.square, cube?.ok && cube.clip.cube], [9, 27])
      assert.deepEqual([square?.cached.length, cube?.cached.length], [cached, cached])
    }
  })

  it('keeps no failures of steps, and counts what has no hash', LIMIT, async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const flow = pipeline<{ n: number }>('flow')
      .step('handle', steps.handle)
      .step('read', ['handle'], steps.read, { cache: true })
      .drop('handle')
      .step('tenfold', ['n'], steps.byTen, { cache: true })
      .step('checked', steps.checked, { cache: true })
    for (const hits of [0, 7]) {
      const outcomes = await flow.run(inputs, { backend, cache })
      assert.deepEqual(
        outcomes.map((r) => (r.ok ? [r.clip.read, r.clip.checked] : r.step)),
        [[1, 11], [2, 21], 'checked', [4, 41]],
      )
      assert.equal(cache.stats().hits, hits)
    }
    const { stored, unstorable } = cache.stats()
    assert.deepEqual({ stored, unstorable }, { stored: 7, unstorable: 8 })
  })

  it('computes a step once for all workers, also where it takes long', LIMIT, async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const flow = pipeline<{ n: number; folder: string }>('flow').step('value', steps.waiting, { cache: true })
    const input = { n: 3, folder: scratch.file('.') }
    const results = flow.run([input, input], { backend, cache, batch: 1 })
    results.start()
    const calls = (): number => strict.status().busy
    await until(() => existsSync(scratch.file('started-3')) && calls() >= 2)
    writeFileSync(scratch.file('go'), '')
    assert.deepEqual(
      (await results).map(({ ok }) => ok),
      [true, true],
    )
    const { joined, hits, misses } = cache.stats()
    assert.deepEqual({ found: joined + hits, misses }, { found: 1, misses: 1 })
  })
})

/** Every operator; the lengths are needed twice. */
function everything(words: readonly string[]): WorkflowNode<string> {
  const letters = flatMap((word: string) => word.split(''))(words)
  const vowels = filter((letter: string) => 'aeiou'.includes(letter))(letters)
  const groups = groupBy(
    (letter: string) => letter,
    (letter, all) => `${letter}${all.length}`,
  )(vowels)
  const lengths = apply((word: string) => word.length)(words)
  const twice = apply((a: number, b: number) => a + b)(lengths, apply((x: number) => -x + 2 * x)(lengths))
  return join((group: string, sum: number) => `${group}/${sum}`)(groups, gather(steps.total)(twice))
}

const WORDS = ['banana', 'pear']
const EXPECTED = ['a4/20', 'e1/20']

describe('a workflow on a cluster', () => {
  it('has functions that workers export, or that stand in exported nodes and operators', LIMIT, async () => {
    const lengths = apply(steps.length)(['a', 'bc', 'def'])
    assert.deepEqual(await gather(steps.total)(lengths).run({ backend }), [6])
    assert.deepEqual(await join(steps.add)(lengths, steps.halved([2])).run({ backend }), [2, 3, 4])
    assert.deepEqual(await steps.area.run({ backend }), [1, 2, 2, 4, 3, 6])
    const here = apply((x: number) => x + process.pid, { local: true })(lengths)
    assert.deepEqual(
      await here.run({ backend }),
      [1, 2, 3].map((x) => x + process.pid),
    )
  })

  it('has batched functions that workers export, or that stand in exported operators', LIMIT, async () => {
    const lengths = apply(steps.lengthsTogether)(['a', 'bc', 'def', 'ghij'])
    assert.deepEqual(await lengths.run({ backend }), [
      [1, 2],
      [2, 2],
      [3, 2],
      [4, 2],
    ])
    assert.deepEqual(await steps.halvedTogether(apply(steps.summed)([2, 4, 6])).run({ backend }), [6, 7, 8])
    using scratch = new Scratch()
    for (const cached of [0, 2]) {
      const run = apply(steps.summed)([1, 2]).run({ backend, cache: new Cache(scratch.file('cache')) })
      assert.deepEqual(await run, [11, 12])
      assert.equal(run.stats().cached, cached)
    }
  })

  it('with functions by value needs --allow-code', LIMIT, async () => {
    assert.match(String(await failure(everything(WORDS).run({ backend }))), /--allow-code/)
    assert.deepEqual(await everything(WORDS).run({ backend: byValue }), EXPECTED)
  })

  it('keeps results at the client, where other backends find them, and sends nothing for those', LIMIT, async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    assert.deepEqual(await everything(WORDS).run({ backend: byValue, cache }), EXPECTED)
    // Some letters come more than once.
    const { hits, joined, misses, stored, unstorable } = cache.stats()
    assert.ok(misses > 0 && stored === misses && unstorable === 0)
    const calls = hits + joined + misses
    const done = open.status().done
    for (const where of [byValue, 'threads', 'serial'] as const) {
      const again = everything(WORDS).run({ backend: where, cache })
      assert.deepEqual(await again, EXPECTED)
      assert.equal(again.stats().cached, calls)
    }
    assert.equal(cache.stats().misses, misses)
    assert.equal(open.status().done, done)
    const { nodes } = await everything(WORDS).plan({ cache })
    assert.ok(nodes.every(({ run, unknown }) => run + unknown === 0))
  })

  it('finishes what was begun before it begins more, also with a cache', LIMIT, async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const waiting = apply(async (x: number) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      return x
    })
    const items = Array.from({ length: 60 }, (_, i) => i)
    const results = apply((x: number) => x + 1)(waiting(items)).run({ backend: byValue, cache })
    assert.deepEqual(await results.next(), { done: false, value: 1 })
    assert.ok(cache.stats().misses < items.length)
    results.cancel()
  })

  it('goes on after a failure, which is not kept', LIMIT, async () => {
    using scratch = new Scratch()
    const picky = apply((x: number) => {
      if (x === 2) throw new RangeError('two')
      return x
    })
    for (const cached of [0, 2]) {
      const cache = new Cache(scratch.file('cache'))
      const results = picky([1, 2, 3]).run({ backend: byValue, cache, onError: () => 0 })
      assert.deepEqual(await results, [1, 0, 3])
      assert.equal(results.stats().cached, cached)
    }
  })
})

describe('other things of a run on a cluster', () => {
  it('looks up and stores at the client what map gives, also for wrapped functions', LIMIT, async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const cached = cache.wrap(steps.length)
    assert.deepEqual(await map(['a', 'bc', 'a'], cached, { backend }), [1, 2, 1])
    assert.ok(readdirSync(scratch.file('cache')).length > 0)
    const done = strict.status().done
    assert.deepEqual(await map(['bc', 'a'], steps.length, { backend, cache }), [2, 1])
    assert.equal(strict.status().done, done)
  })

  it('builds stateful workers and runs init of exports', LIMIT, async () => {
    assert.deepEqual(await map([1, 2], stateful(steps.Adder, 10), { backend }), [11, 12])
    await withPool({ backend, workers: 1, init: steps.prepare, maxTasks: 1 }, async (pool) => {
      assert.deepEqual(await pool.map([0, 0, 0], steps.preparedTimes), [1, 1, 1])
    })
    const error = await failure(map([1], [stateful(steps.Adder, 1), stateful(steps.Adder, 2)], { backend }))
    assert.ok(error instanceof UnsupportedError)
  })

  it('refuses what only those can say who start workers', LIMIT, async () => {
    for (const options of [{ env: { A: 'b' } }, { execArgv: [] }, { resourceLimits: { stackSizeMb: 8 } }]) {
      const pool = new Pool({ backend, ...options })
      const error = await failure(pool.run(steps.length, 'a'))
      assert.ok(error instanceof UnsupportedError, String(error))
      assert.match(error.message, /is not supported on .*: set it when you start the workers/)
      await pool.terminate()
    }
    assert.throws(() => map([1], steps.length as never, { backend, copy: false }), /got false with the backend nats/)
  })
})
