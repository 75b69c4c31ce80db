import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { setDefaults, TaskTimeoutError } from 'manyhands'
import { Cache } from 'manyhands/cache'
import { pipeline } from 'manyhands/pipeline'

import { Scratch } from '#manyhands/testing/scratch.js'

import { BACKENDS } from '../support/each-backend.js'

/** What ran since the last time that it was asked. */
function ran(scratch: Scratch): string[] {
  const log = scratch.file('log')
  if (!existsSync(log)) return []
  const lines = readFileSync(log, 'utf8').trim().split('\n').sort()
  appendFileSync(log, '')
  return lines
}

interface Input {
  readonly n: number
  readonly note: string
}

/** Two cached steps after one that is not; the second depends on what the first gives alone. */
function stepsIn(scratch: Scratch, offset = 0) {
  const log = scratch.file('log')
  const note = (text: string): void => appendFileSync(log, `${text}\n`)
  return pipeline<Input>('cached')
    .step('read', ({ n }) => ({ data: new Float64Array([n, n + 1]) }))
    .step(
      'half',
      ['read'],
      ({ data }) => {
        note(`half ${data[0]}`)
        return { value: Math.floor((data[0] ?? 0) / 2) + offset }
      },
      { cache: true },
    )
    .step(
      'square',
      ['half'],
      (half, config: { plus: number }) => {
        note(`square ${half.value}`)
        return half.value ** 2 + config.plus
      },
      { cache: true },
    )
}

const inputs = [0, 1, 2, 3].map((n) => ({ n, note: `number ${n}` }))

describe('a cached step', () => {
  for (const backend of BACKENDS) {
    it(`runs once for the same values: ${backend}`, async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const config = { plus: 1 }
      const run = async () => stepsIn(scratch).run(inputs, { backend, cache, config, workers: 1 })
      const first = await run()
      assert.deepEqual(
        first.map((r) => r.ok && r.clip.square),
        [1, 1, 2, 2],
      )
      // Of two inputs the same half: the second one's square was there.
      assert.deepEqual(ran(scratch), ['half 0', 'half 1', 'half 2', 'half 3', 'square 0', 'square 1'])
      assert.deepEqual(
        first.map(({ cached }) => cached),
        [[], ['square'], [], ['square']],
      )
      const again = await run()
      assert.deepEqual(
        again.map(({ ok, clip, cached }) => [ok, clip, cached]),
        first.map(({ ok, clip }) => [ok, clip, ['half', 'square']]),
      )
      assert.equal(ran(scratch).length, 6)
      const { hits, misses, stored, unstorable } = cache.stats()
      assert.deepEqual({ hits, misses, stored, unstorable }, { hits: 10, misses: 6, stored: 6, unstorable: 0 })
    })

    it(`runs again when its code, what it captured, the config or a value changed: ${backend}`, async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const one = [{ n: 4, note: '' }]
      const cachedOf = async (offset: number, plus: number, input = one) => {
        const results = stepsIn(scratch, offset).run(input, { backend, cache, config: { plus } })
        const [r] = await results
        assert.equal(r?.ok, true)
        return r?.cached
      }
      assert.deepEqual(await cachedOf(0, 0), [])
      assert.deepEqual(await cachedOf(0, 0), ['half', 'square'])
      assert.deepEqual(await cachedOf(0, 1), [], 'all steps may use the config')
      assert.deepEqual(await cachedOf(1, 1), [], 'another value was captured')
      assert.deepEqual(await cachedOf(0, 0, [{ n: 4, note: 'another' }]), ['half', 'square'], 'it does not need that')
      assert.deepEqual(await cachedOf(0, 0, [{ n: 5, note: '' }]), ['square'], 'the same half')
    })
  }

  it('goes by the whole clip where it names no fields, but for those that it ignores', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const whole = pipeline<Input>('whole')
      .step('all', ({ n }) => n + 1, { cache: true })
      .step('some', ({ n }) => n + 2, { cache: true, ignore: ['note'], version: '1' })
    const cachedOf = async (input: Input) => (await whole.one(input, { cache })).cached
    assert.deepEqual(await cachedOf({ n: 1, note: 'a' }), [])
    assert.deepEqual(await cachedOf({ n: 1, note: 'a' }), ['all', 'some'])
    assert.deepEqual(await cachedOf({ n: 1, note: 'b' }), ['some'])
    assert.deepEqual(await cachedOf({ n: 2, note: 'a' }), [])
    assert.equal(whole.report().some.cached, 2)
  })

  it('keeps no failures, and no step that gave nothing', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const fails = pipeline<{ n: number }>('fails').step(
      'now',
      ({ n }) => {
        if (n === 1) throw new RangeError('one')
        return undefined as unknown as number
      },
      { cache: true },
    )
    for (const round of [1, 2]) {
      const [one, two] = await fails.run([{ n: 1 }, { n: 2 }], { cache })
      assert.ok(one?.error?.cause instanceof RangeError, `round ${round}`)
      assert.match(two?.error?.message ?? '', /returned undefined/)
    }
    assert.equal(cache.stats().stored, 0)
  })

  it('runs where its values have no hash: that is counted', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const open = pipeline<{ n: number }>('open')
      .step('handle', ({ n }) => ({ read: () => n }))
      .step('value', ['handle'], ({ read }) => read(), { cache: true })
      .drop('handle')
    const [r] = await open.run([{ n: 7 }], { cache })
    assert.equal(r?.ok && r.clip.value, 7)
    assert.equal(cache.stats().unstorable, 1)
  })

  it('has its time also when it is cached', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const slow = pipeline<{ n: number }>('slow').step('wait', () => new Promise<number>(() => {}), {
      cache: true,
      timeout: 30,
    })
    const [r] = await slow.run([{ n: 1 }], { cache })
    assert.ok(r?.error instanceof TaskTimeoutError)
  })

  it('may be a function that has a cache of its own', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const area = cache.wrap(({ w, h }: { w: number; h: number }) => w * h, { version: '1' })
    const sizes = pipeline<{ w: number; h: number }>('sizes').step('area', area)
    for (const cached of [[], ['area']]) {
      const [r] = await sizes.run([{ w: 2, h: 3 }], { backend: 'threads' })
      assert.equal(r?.ok && r.clip.area, 6)
      assert.deepEqual(r?.cached, cached)
    }
    assert.equal(cache.stats().hits, 1)
  })

  it('takes the cache of the defaults; without one, and without a folder, it runs each time', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const config = { plus: 0 }
    setDefaults({ cache })
    try {
      await stepsIn(scratch).one(inputs[0] as Input, { config })
      assert.deepEqual((await stepsIn(scratch).one(inputs[0] as Input, { config })).cached, ['half', 'square'])
    } finally {
      setDefaults({})
    }
    for (const options of [{}, { cache: new Cache(null) }]) {
      await stepsIn(scratch).one(inputs[0] as Input, { config, ...options })
      assert.deepEqual((await stepsIn(scratch).one(inputs[0] as Input, { config, ...options })).cached, [])
    }
  })
})
