import assert from 'node:assert/strict'
import { test } from 'node:test'

import { map } from 'manyhands'

import { convert, convertQuietly, setQuiet, setRate, tripled } from './fixtures/rates.js'
import { one } from './support/on-each.js'

test('state of a module is as freshly loaded in workers, and a warning says so once', async () => {
  const warnings: string[] = []
  const listen = (warning: Error & { code?: string }): void => {
    if (warning.code === 'MH_MODULE_STATE') warnings.push(warning.message)
  }
  process.on('warning', listen)
  setRate(5)
  for (const backend of ['threads', 'processes'] as const) {
    assert.equal(await one(map([10], convert, { backend })), 10)
    assert.equal(await one(map([10], (x) => convert(x), { backend })), 10)
    assert.equal(await one(map([10], tripled, { backend })), 30)
  }
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', listen)
  assert.equal(warnings.length, 1, warnings.join('\n'))
  assert.match(warnings[0] ?? '', /convert.*rate.*args/s)
})

test('a function that reads no such variable itself warns of nothing', async () => {
  const warnings: string[] = []
  const listen = (warning: Error): void => void warnings.push(warning.message)
  process.on('warning', listen)
  setQuiet(5)
  assert.equal(await one(map([10], convertQuietly, { backend: 'threads' })), 10)
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', listen)
  assert.deepEqual(warnings, [])
})

test('in this thread the module is the one that stands here', async () => {
  setRate(7)
  assert.equal(await one(map([10], convert, { backend: 'serial' })), 70)
})
