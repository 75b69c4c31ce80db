import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { CaptureError, InvalidArgumentError } from 'manyhands'
import { Cache, file } from 'manyhands/cache'

import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { movableClock } from '../../support/movable-clock.js'
import { thorough } from '../../support/thorough.js'
import { calls, failing, noted, slowly } from './support/functions.js'

describe('calls of a cached function', () => {
  it('cached calls run once, whatever the order of keys', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const notes = scratch.file('notes')
    const cached = cache.wrap(noted)
    const first = await cached({ a: 1, b: [new Map([[1, { c: 2 }]])] }, notes)
    const again = await cached({ b: [new Map([[1, { c: 2 }]])], a: 1 }, notes)
    assert.deepEqual(again, first)
    assert.notEqual(again, first, 'each call has its own copy')
    assert.equal(calls(notes), 1)
    for (const other of [1, '1', true, -0, 0, null, undefined, [], {}]) await cached(other, notes)
    assert.equal(calls(notes), 10)
    const { hits, misses, stored, bytes } = cache.stats()
    assert.deepEqual([hits, misses, stored], [1, 10, 10])
    assert.ok(bytes > 1_000)
  })

  it('have a key, and results can be looked for, forgotten, injected and referred to', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const notes = scratch.file('notes')
    const cached = cache.wrap(noted)
    assert.match(await cached.key(1, notes), /^[0-9a-f]{64}$/)
    assert.equal(await cached.has(1, notes), false)
    await cached(1, notes)
    assert.equal(await cached.has(1, notes), true)
    assert.equal(await cached.forget(1, notes), true)
    assert.equal(await cached.forget(1, notes), false)
    await cached.inject([1, notes], { x: 'by hand' })
    assert.deepEqual(await cached(1, notes), { x: 'by hand' })
    // A large one, and a small one again.
    await cached.inject([1, notes], { x: 'y'.repeat(100_000) })
    assert.equal(((await cached(1, notes)).x as string).length, 100_000)
    await cached.inject([1, notes], { x: 'small' })
    assert.deepEqual(await cached(1, notes), { x: 'small' })
    const ref = await cached.ref(1, notes)
    assert.deepEqual(await ref.load(), { x: 'small' })
    const next = cache.wrap((value: { x: unknown }) => [value.x])
    assert.equal(await next.key(ref), await next.key({ x: 'small' }))
    assert.deepEqual(await next(ref), ['small'])
    assert.equal(calls(notes), 1)
  })

  it('cached calls with the same arguments at once run once', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const notes = scratch.file('notes')
    const cached = cache.wrap(slowly)
    const results = await Promise.all(Array.from({ length: 16 }, () => cached('x', notes)))
    assert.equal(new Set(results).size, 16, 'each has its own copy')
    assert.equal(calls(notes), 1)
    assert.equal(cache.stats().joined, 15)
  })

  it('cached calls that fail are not remembered', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const notes = scratch.file('notes')
    const cached = cache.wrap(failing)
    for (let i = 0; i < 2; i++) assert.ok((await failure(cached(1, notes))) instanceof RangeError)
    assert.equal(calls(notes), 2)
    assert.equal(cache.stats().stored, 0)
  })

  it('know what a function captured, as it was when it was wrapped', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const make = (by: number) => cache.wrap((x: number) => x * by)
    assert.equal(await make(2)(5), 10)
    assert.equal(await make(3)(5), 15)
    assert.equal(await make(2)(5), 10)
    assert.equal(cache.stats().hits, 1)
    // Two structures that would be one without their types.
    const of = (value: unknown) => cache.wrap(() => value)
    const one = of([{ m: new Map() }, { m: undefined }])
    const other = of([{ m: undefined }, { m: new Map() }])
    assert.notEqual(await one.key(), await other.key())
  })

  it('of functions that cannot be captured need a version, which stands for their code', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    let count = 0
    const count1 = (x: number): number => x + ++count
    assert.ok((await failure(cache.wrap(count1)(1))) instanceof CaptureError)
    assert.equal(await cache.wrap(count1, { version: '1' })(1), 2)
    assert.equal(await cache.wrap(count1, { version: '1' })(1), 2)
    assert.equal(await cache.wrap(count1, { version: 2 })(1), 3)
    const nameless = [
      cache.wrap((x: number) => x + 1, { version: '1' }),
      cache.wrap((x: number) => x + 2, { version: '1' }),
    ]
    assert.deepEqual(await Promise.all(nameless.map((cached) => cached(1))), [2, 3])
  })

  it('cached calls respect ignore, key, ttl and codec', async (t) => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const notes = (): string => scratch.file('notes')
    const ignoring = cache.wrap(noted, { ignore: [1] })
    await ignoring(1, notes())
    await ignoring(1, `${notes()}-2`)
    assert.equal(calls(`${notes()}-2`), 0)
    const keyed = cache.wrap(noted, { key: (x) => typeof x })
    await keyed(1, notes())
    assert.deepEqual(await keyed(2, notes()), { x: 1 })
    const elapse = movableClock(t)
    const brief = cache.wrap(noted, { ttl: 60_000, ignore: [1] })
    await brief('brief', notes())
    elapse(50_000)
    assert.equal(await brief.has('brief', notes()), true)
    elapse(10_000)
    assert.equal(await brief.has('brief', notes()), false)
    const codec = {
      name: 'point',
      encode: (value: Uint8Array) => value.map((one) => one + 1),
      decode: (bytes: Uint8Array) => Uint8Array.from(bytes, (one) => one - 1),
    }
    const coded = cache.wrap((n: number) => new Uint8Array(n).fill(7), { codec })
    assert.deepEqual(await coded(3), await coded(3))
    assert.equal(cache.stats().corrupt, 0)
  })

  it('with arguments that have no identity, or results that cannot be stored, just run', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const call = cache.wrap((fn: () => number) => fn())
    assert.equal(await call(() => 5), 5)
    assert.ok((await failure(call.key(() => 5))) instanceof InvalidArgumentError)
    const make = cache.wrap((x: number) => () => x)
    assert.equal((await make(3))(), 3)
    assert.equal((await make(3))(), 3)
    assert.deepEqual(
      { ...cache.stats(), bytes: 0 },
      {
        ...{ hits: 0, misses: 2, joined: 0, stored: 0, unstorable: 3, corrupt: 0, bytes: 0 },
      },
    )
  })

  it('know files by their content', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const notes = scratch.file('notes')
    const cached = cache.wrap((input: { path: string }, to: string) => noted(input.path, to))
    const path = scratch.file('data')
    writeFileSync(path, 'one')
    await cached(file(path), notes)
    await cached(file(path), notes)
    assert.equal(calls(notes), 1)
    writeFileSync(path, 'two')
    await cached(file(path), notes)
    assert.equal(calls(notes), 2)
  })

  it('calls with a cache that is switched off (null) always run', async () => {
    using scratch = new Scratch()
    const cache = new Cache(null)
    const notes = scratch.file('notes')
    const cached = cache.wrap(noted)
    for (let i = 0; i < 2; i++) await cached(1, notes)
    assert.equal(calls(notes), 2)
    assert.equal(await cached.has(1, notes), false)
    assert.equal(cache.dir, null)
    assert.deepEqual(await cache.verify(), { entries: 0, bytes: 0, corrupt: [] })
  })
})

const MANY = thorough ? 100_000 : 20_000

describe('the folder of a cache', () => {
  it('is made with the first result, for its owner alone', async () => {
    using scratch = new Scratch()
    const dir = scratch.file('cache')
    const cache = new Cache(dir)
    assert.equal(existsSync(dir), false)
    await cache.wrap((x: number) => 'y'.repeat(x))(40_000)
    for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
      const { mode } = statSync(`${dir}/${name}`)
      assert.equal(mode & 0o077, 0, `others can use ${name}`)
    }
    assert.ok(existsSync(`${dir}/.gitignore`))
  })

  it(
    'may not be a file, or belong to somebody else',
    { skip: process.getuid?.() === 0 ? false : 'needs to be root' },
    async () => {
      using scratch = new Scratch()
      writeFileSync(scratch.file('file'), '')
      assert.throws(() => new Cache(scratch.file('file')), /a folder for the cache/)
      const dir = scratch.file('theirs')
      mkdirSync(dir)
      const { chownSync } = await import('node:fs')
      chownSync(dir, 12_345, 12_345)
      chmodSync(dir, 0o777)
      assert.throws(() => new Cache(dir), /belongs to user 12345/)
    },
  )

  it(`the folder of a cache holds ${MANY} small results in a few files`, { timeout: 120_000 }, async () => {
    using scratch = new Scratch()
    const dir = scratch.file('cache')
    const cache = new Cache(dir)
    const cached = cache.wrap((x: number) => ({ x }))
    for (let i = 0; i < MANY; i++) await cached(i)
    assert.ok(readdirSync(dir, { recursive: true }).length < 20)
    assert.equal(cache.stats().stored, MANY)
  })

  for (const [what, options, expected] of [
    ['an unknown option', { maxByte: 1 }, /Did you mean "maxBytes"/],
    ['a size that is none', { maxBytes: 'lots' }, /maxBytes/],
    ['an age that is none', { maxAge: -1 }, /maxAge/],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => new Cache('/tmp/x', options as object), expected)
    })
  }

  it('refuses what cannot be wrapped', () => {
    const cache = new Cache(null)
    const wrap = cache.wrap as unknown as (fn: unknown, options?: unknown) => unknown
    const bound = wrap.bind(cache)
    assert.throws(() => bound('fn'), /a function/)
    assert.throws(() => bound(noted, { ignore: 1 }), /positions/)
    assert.throws(() => bound(noted, { codec: {} }), /encode, decode/)
    assert.throws(() => bound(bound(noted)), /not wrapped yet/)
  })
})
