import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, runInContext, runInNewContext } from 'node:vm'

import { envelopeOf } from '#manyhands/wire/codec/error-envelope.js'
import { adopt, IS_IN_CONTEXT, isOfOtherContext } from '#manyhands/wire/codec/own-realm.js'

const MADE = `(() => {
  const shared = { a: [1, { b: new Date(5) }] }
  const bytes = new Uint8Array([1, 2])
  const parts = [new Map([[{ key: 1 }, new Set([shared])]]), /x/g, new ArrayBuffer(2), new DataView(bytes.buffer)]
  const made = { shared, again: shared, bytes, parts, boxed: Object(1), bare: Object.create(null) }
  made.self = made
  return made
})()`

test('objects of another context become objects of this one, in place', () => {
  const here: ReturnType<typeof eval> = runInNewContext(MADE)
  const expected = (0, eval)(MADE)
  assert.notEqual(Object.getPrototypeOf(here), Object.prototype)
  assert.equal(adopt(here), here)
  assert.deepStrictEqual(here, expected)
  assert.equal(here.self, here)
  assert.equal(here.again, here.shared)
  assert.equal(Object.getPrototypeOf(here.bare), null)
})

test('functions of another context are told from those of the main one', () => {
  assert.equal(IS_IN_CONTEXT, false)
  const context = createContext()
  for (const code of ['() => 1', 'async () => 1', 'class A {}', 'class B extends Map {}', 'Map'])
    assert.equal(isOfOtherContext(runInContext(`(${code})`, context)), true, code)
  for (const fn of [
    () => 1,
    async () => Promise.resolve(1),
    class extends Map {},
    Map,
    Object.setPrototypeOf(() => 1, null),
  ])
    assert.equal(isOfOtherContext(fn), false)
})

test('errors of another context keep their built-in class', () => {
  const thrown = runInNewContext(`(() => {
    class Own extends RangeError {}
    class TypeError extends Error {}
    return [new Own('a'), new TypeError('b'), new AggregateError([], 'c'), new SyntaxError('d')]
  })()`) as Error[]
  assert.deepEqual(
    Array.from(thrown, (error) => envelopeOf(error).envelope.type),
    ['RangeError', 'Error', 'AggregateError', 'SyntaxError'],
  )
})
