import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { currentTask, JournalError, map, TaskError, withPool } from 'manyhands'
import { pipeline } from 'manyhands/pipeline'

import { Scratch } from '#manyhands/testing/scratch.js'

import { BACKENDS } from '../support/each-backend.js'

const double = pipeline<{ n: number }>('double')
  .step('twice', ({ n }) => {
    if (n === 2) throw new RangeError('two is too much')
    return n * 2
  })
  .step('later', async ({ twice }, { add }: { add: number }) => {
    await Promise.resolve()
    return twice + add
  })
  .step('both', ['twice', 'later'], (twice, later) => [twice, later, currentTask().step])

const inputs = [{ n: 1 }, { n: 2 }, { n: 3 }]

describe('outcomes of a pipeline', () => {
  for (const backend of BACKENDS) {
    it(`have what the steps made, or which one failed and what was there before: ${backend}`, async () => {
      const results = double.run(inputs, { config: { add: 10 }, backend })
      const [first, failed, third] = await results
      assert.deepEqual(first?.clip, { n: 1, twice: 2, later: 12, both: [2, 12, 'both'] })
      assert.deepEqual(third?.clip, { n: 3, twice: 6, later: 16, both: [6, 16, 'both'] })
      assert.equal(first?.input, inputs[0])
      assert.deepEqual(Object.keys(third?.timings ?? {}), ['twice', 'later', 'both'])
      assert.deepEqual(third?.attempts, { twice: 1, later: 1, both: 1 })
      assert.deepEqual(third?.cached, [])
      assert.deepEqual([first?.index, failed?.index, third?.index], [0, 1, 2])
      assert.ok(failed?.ok === false)
      assert.equal(failed.step, 'twice')
      assert.deepEqual(failed.clip, { n: 2 })
      assert.equal(failed.input, inputs[1])
      assert.deepEqual(Object.keys(failed.timings), ['twice'])
      const { error } = failed
      assert.ok(error instanceof TaskError)
      assert.ok(error.cause instanceof RangeError)
      assert.equal(error.step, 'twice')
      assert.equal(error.message, 'double[1], step "twice", failed: RangeError: two is too much')
      assert.match(error.remoteStack ?? '', /outcomes\.test\.[jt]s:\d+:/)
      const report = results.report()
      assert.deepEqual(
        Object.entries(report).map(([name, { done, cached, failed: bad }]) => [name, done, cached, bad]),
        [
          ['twice', 2, 0, 1],
          ['later', 2, 0, 0],
          ['both', 2, 0, 0],
        ],
      )
    })

    it(`come as they are made, and are all there for batches and settled records: ${backend}`, async () => {
      const config = { add: 0 }
      const seen: unknown[] = []
      for await (const { ok } of double.run(inputs, { config, backend, ordered: false })) seen.push(ok)
      assert.deepEqual(seen.sort(), [false, true, true])
      for await (const batch of double.run(inputs, { config, backend }).batches()) seen.push(...batch)
      assert.equal(seen.length, 6)
      const states: string[] = []
      for await (const { status } of double.run(inputs, { config, backend }).settled()) states.push(status)
      assert.deepEqual(states, ['fulfilled', 'rejected', 'fulfilled'])
    })
  }

  it('are what one() resolves to', async () => {
    const good = await double.one({ n: 4 }, { config: { add: 1 } })
    assert.deepEqual(good.ok && good.clip.both, [8, 9, 'both'])
    const bad = await double.one({ n: 2 }, { config: { add: 1 } })
    assert.equal(bad.ok ? '' : bad.step, 'twice')
  })

  it('add up in the report of the pipeline', async () => {
    const count = pipeline<{ n: number }>('count').step('half', ({ n }) => n / 2)
    await count.run(inputs, { backend: 'serial' })
    await count.one({ n: 1 }, { backend: 'serial' })
    assert.equal(count.report().half.done, 4)
  })

  it('begin with the input itself where that is no plain object', async () => {
    const first = pipeline<string | number[]>('first').step('one', ({ input }) => input[0] ?? null)
    const [text, list] = await first.run(['abc', [7]], { backend: 'threads' })
    assert.deepEqual(text?.clip, { input: 'abc', one: 'a' })
    assert.deepEqual(list?.clip, { input: [7], one: 7 })
  })
})

describe('a run of a pipeline', () => {
  it('may have the workers of a pool', async () => {
    await withPool(
      { workers: 1, init: () => void Object.assign(globalThis, { prepared: 'by init' }) },
      async (pool) => {
        const inits = pipeline<{ n: number }>('inits').step(
          'found',
          () => (globalThis as { prepared?: string }).prepared ?? '',
        )
        const outcomes = await inits.run(inputs, { pool })
        assert.deepEqual(
          outcomes.map(({ ok, clip }) => ok && clip.found),
          ['by init', 'by init', 'by init'],
        )
        assert.equal(pool.stats().done, 3)
      },
    )
  })

  it('passes values as they are where it is asked to', async () => {
    const socket = { write: () => 'written' }
    const direct = pipeline<{ n: number }>('direct').step('same', ({ n }) => {
      if (n === 2) throw new RangeError('two')
      return socket
    })
    const [good, bad] = await direct.run(inputs, { backend: 'serial', copy: false })
    assert.equal(good?.ok && good.clip.same, socket)
    assert.equal(bad?.step, 'same')
    assert.ok(bad?.error?.cause instanceof RangeError)
  })

  it('leaves out what succeeded in the journal of an earlier one', async () => {
    using scratch = new Scratch()
    const journal = scratch.file('journal.jsonl')
    const config = { add: 1 }
    assert.equal((await double.run(inputs, { config, journal })).length, 3)
    const again = await double.run(inputs, { config, journal })
    assert.deepEqual(
      again.map(({ index, ok }) => [index, ok]),
      [[1, false]],
    )
    await assert.rejects(double.run(inputs, { config: { add: 2 }, journal }).toArray(), JournalError)
  })

  it('may be part of a task, which runs it in its own thread', async () => {
    const [outcomes] = await map([1], async () => {
      const inner = pipeline<{ n: number }>('inner').step('half', ({ n }) => {
        if (n === 2) throw new RangeError('two')
        return n / 2
      })
      const found = await inner.run([{ n: 1 }, { n: 2 }])
      return found.map(({ ok, step, clip }) => [ok, step, clip, currentTask().step])
    })
    assert.deepEqual(outcomes, [
      [true, undefined, { n: 1, half: 0.5 }, undefined],
      [false, 'half', { n: 2 }, undefined],
    ])
  })

  it('is as lazy as any: inputs are read as far as the window has room', async () => {
    let read = 0
    function* endless(): Generator<{ n: number }, undefined> {
      for (;;) yield { n: 3 + read++ }
    }
    for await (const { index } of double.run(endless(), { config: { add: 0 }, window: 10 })) if (index === 30) break
    assert.ok(read <= 42, `${read} inputs were read`)
  })
})

describe('the clip', () => {
  for (const backend of BACKENDS) {
    it(`grows by assign, shrinks by drop, and leaves the worker as far as it was picked: ${backend}`, async () => {
      const sizes = pipeline<{ w: number; h: number; big: Uint8Array }>('sizes')
        .step('open', () => ({ close: () => 'cannot travel' }))
        .assign('areas', async ({ w, h }) => ({ area: await Promise.resolve(w * h), round: 2 * (w + h) }))
        .drop('open', 'big')
      const input = { w: 2, h: 3, big: new Uint8Array(9) }
      const [all] = await sizes.run([input], { backend })
      assert.deepEqual(all?.clip, { w: 2, h: 3, area: 6, round: 10 })
      const [some] = await sizes.run([input], { backend, pick: ['area', 'w'] })
      assert.deepEqual(some?.clip, { w: 2, area: 6 })
    })

    it(`cannot be changed by a step: ${backend}`, async () => {
      const changing = pipeline<{ kind: string; given: number }>('changing').step('change', (clip) => {
        const open = clip as { kind: string; given?: number; added?: number }
        if (open.kind === 'set') open.given = 2
        if (open.kind === 'add') open.added = 2
        if (open.kind === 'delete') delete open.given
        // An object of the user's own is another matter.
        if (open.kind === 'other') (Object.freeze({ other: 1 }) as { other: number }).other = 2
        return 1
      })
      const kinds = ['set', 'add', 'delete', 'other', 'none'].map((kind) => ({ kind, given: 1 }))
      const messages = (await changing.run(kinds, { backend })).map(
        (r) => (r.error?.cause as Error | undefined)?.message,
      )
      assert.match(messages[0] ?? '', /^step "change" tried to change clip\.given .*Steps do not change the clip/)
      assert.match(messages[1] ?? '', /^step "change" tried to change clip\.added /)
      assert.match(messages[2] ?? '', /^step "change" tried to change clip\.given /)
      assert.match(messages[3] ?? '', /^Cannot assign to read only property 'other'/)
      assert.equal(messages[4], undefined)
    })

    it(`gets a value from each step, unless it says that it returns nothing: ${backend}`, async () => {
      const forgetful = pipeline<{ n: number }>('forgetful')
        .step('told', ({ n }) => void n, { returns: 'nothing' })
        .step('maybe', ({ n }) => (n > 1 ? null : (undefined as unknown as null)))
      const [bad, good] = await forgetful.run([{ n: 1 }, { n: 2 }], { backend })
      assert.deepEqual(good?.clip, { n: 2, maybe: null })
      assert.match(
        bad?.error?.message ?? '',
        /step "maybe" returned undefined: return its result, or give it \{ returns/,
      )
    })
  }

  for (const backend of BACKENDS) {
    it(`is as large as it has to be, and stays where it is: ${backend}`, async () => {
      const MB = 1_048_576
      const large = pipeline<{ n: number }>('large')
        .step('image', ({ n }) => new Uint8Array(20 * MB).fill(n))
        .step('sum', ({ image }) => image.reduce((sum, x) => sum + x, 0))
        .step('check', ({ n, image }) => {
          if (n === 2) throw new RangeError('two')
          return image.length
        })
      const inputs = [{ n: 1 }, { n: 2 }]
      const [first, failed] = await large.run(inputs, { backend, pick: ['sum'] })
      assert.deepEqual(first?.clip, { sum: 20 * MB })
      assert.deepEqual(failed?.clip, { sum: 40 * MB }, 'what was picked, after a failure, too')
      const [whole, rest] = await large.run(inputs, { backend })
      assert.ok(whole?.ok === true && rest?.ok === false && rest.step === 'check')
      assert.equal(whole.clip.image.length, 20 * MB)
      assert.equal(rest.clip.image[20 * MB - 1], 2)
      const [checked] = await large.drop('image').run(inputs, { backend })
      assert.deepEqual(checked?.clip, { n: 1, sum: 20 * MB, check: 20 * MB })
    })
  }

  it('has each name once: an input that brings the name of a step fails alone', async () => {
    const named = pipeline<{ n: number }>('named').step('made', ({ n }) => n)
    const clash = { n: 1, made: 2 }
    const [bad, good] = await named.run([clash, { n: 1 }], { backend: 'threads' })
    assert.ok(bad?.ok === false && good?.ok === true)
    assert.equal(bad.step, 'made')
    assert.deepEqual(bad.clip, clash)
    assert.match(bad.error.message, /the input has a field "made" already, which step "made" makes/)
  })

  it('takes only new fields from assign', async () => {
    const clash = pipeline<{ n: number }>('clash').assign('more', (): object => ({ n: 2 }))
    const [bad] = await clash.run([{ n: 1 }], { backend: 'serial' })
    assert.match(bad?.error?.message ?? '', /assign "more" returned "n", which the clip has/)
    const list = pipeline<{ n: number }>('list').assign('more', (): object => [1])
    assert.match((await list.one({ n: 1 })).error?.message ?? '', /must return a plain object of fields/)
  })

  it('must be able to travel where it leaves the worker: the step that made what cannot is named', async () => {
    const opens = pipeline<{ n: number }>('opens')
      .step('first', ({ n }) => n)
      .step('handle', ({ n }) => (n === 1 ? { close: () => n } : n))
      .step('last', ({ n }) => n)
    const [bad, good] = await opens.run([{ n: 1 }, { n: 2 }], { backend: 'threads' })
    assert.ok(bad?.ok === false && good?.ok === true)
    assert.equal(bad.step, 'handle')
    assert.match(bad.error.message, /result\.clip\.handle\.close/)
  })
})
