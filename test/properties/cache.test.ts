import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import * as fc from 'fast-check'

import { Store } from '#manyhands/cache/store/store.js'
import { encodeValue } from '#manyhands/cache/store/value-codec.js'
import { canonicalHash } from '#manyhands/task/canonical/canonical-hash.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { check } from './support/check.js'
import { cycles, values } from './support/values.js'

const META = { name: 'f', fn: 'module#f', code: 'c'.repeat(64), args: [] }
const KEYS = 12

function keyOf(n: number): string {
  return n.toString(16).padStart(64, '0')
}

/** What one of several users of a store does. */
const steps = fc.array(
  fc.record({
    who: fc.nat(2),
    key: fc.nat(KEYS - 1),
    what: fc.constantFrom('put', 'put', 'put', 'get', 'get', 'forget', 'prune', 'flush', 'clear', 'verify'),
    size: fc.constantFrom(1, 100, 31_000, 50_000),
  }),
  { maxLength: 60 },
)

describe('a store', () => {
  it('gives back any value as it was', async () => {
    using scratch = new Scratch()
    const [writing, reading] = [0, 1].map(() => new Store(scratch.file('c'), scratch.file('c/v1'), {})) as [
      Store,
      Store,
    ]
    let n = 0
    await check(
      fc.oneof(values, cycles),
      (value) => {
        const key = keyOf(++n)
        const before = canonicalHash(value).toString('hex')
        const stored = encodeValue(value, {})
        assert.equal(stored.valueHash, before)
        assert.ok(writing.put({ key, meta: META, stored }))
        for (const store of [writing, reading]) {
          const found = store.get(key, {})
          assert.ok(found !== undefined)
          assert.deepStrictEqual(found.value, value)
          // What comes back is the same as an argument.
          assert.equal(canonicalHash(found.value).toString('hex'), before)
          assert.equal(found.head.valueHash, before)
        }
        assert.equal(canonicalHash(value).toString('hex'), before)
      },
      1_500,
    )
    assert.equal(reading.counts.corrupt, 0)
  })

  it('is one map for all that use it, whatever they do', async () => {
    await check(
      steps,
      (all) => {
        using scratch = new Scratch()
        const stores = [0, 1, 2].map(() => new Store(scratch.file('c'), scratch.file('c/v1'), {}))
        const model = new Map<number, string>()
        for (const [i, { who, key, what, size }] of all.entries()) {
          const store = stores[who] as Store
          const text = `${i} `.padEnd(size, 'x')
          if (what === 'put') {
            assert.ok(store.put({ key: keyOf(key), meta: META, stored: encodeValue(text, {}) }))
            model.set(key, text)
          } else if (what === 'forget') assert.equal(store.remove([keyOf(key)], 'forgotten') > 0, model.delete(key))
          else if (what === 'prune') assert.equal(store.prune({}, true).removed, 0)
          else if (what === 'flush') store.flush()
          else if (what === 'verify') assert.deepEqual(store.verify().corrupt, [])
          else if (what === 'clear') {
            store.clear()
            model.clear()
          } else if (what === 'get') {
            // Those that know a result hear of changes a moment later.
            const store = new Store(scratch.file('c'), scratch.file('c/v1'), {})
            assert.equal(store.get(keyOf(key), {})?.value, model.get(key))
          }
        }
        const last = new Store(scratch.file('c'), scratch.file('c/v1'), {})
        for (let key = 0; key < KEYS; key++) assert.equal(last.get(keyOf(key), {})?.value, model.get(key))
        assert.equal(last.counts.corrupt, 0)
      },
      150,
    )
  })
})
