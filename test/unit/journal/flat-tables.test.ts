import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { KeyCounts } from '#manyhands/journal/keys/key-counts.js'
import { KEY_WORDS, KeyTable, keyWords } from '#manyhands/journal/keys/key-table.js'
import { NumberTable } from '#manyhands/journal/keys/number-table.js'
import { TaskSet } from '#manyhands/journal/keys/task-set.js'

import { Random } from '../../soak/random.js'
import { seed } from '../../support/seed.js'

describe('flat tables', () => {
  it('a table of keys holds what a map holds, while it grows', () => {
    const random = new Random(seed)
    const table = new KeyTable()
    const map = new Map<string, number>()
    // Many keys are alike, and differ in one word only.
    const words = new Uint32Array(KEY_WORDS + 1)
    for (let i = 0; i < 60_000; i++) {
      words[1 + random.whole(0, 3)] = random.whole(0, i)
      const name = words.subarray(1).join()
      assert.equal(table.get(words, 1), map.get(name) ?? 0)
      const number = random.whole(0, 3)
      table.set(words, 1, number)
      map.set(name, number)
    }
    for (const [name, number] of map) assert.equal(table.get(Uint32Array.from(name.split(','), Number), 0), number)
  })

  it('a table of numbers holds what a map holds, up to the largest whole number', () => {
    const random = new Random(seed)
    const table = new NumberTable()
    const map = new Map<number, number>()
    for (let i = 0; i < 20_000; i++) {
      const key = random.pick([i, i * 1_000, random.whole(0, 2 ** 52), Number.MAX_SAFE_INTEGER - i, i * 2 ** 32])
      assert.equal(table.get(key), map.get(key))
      table.set(key, i)
      map.set(key, i)
    }
    assert.equal(table.size, map.size)
    assert.deepEqual(new Map(table.entries()), map)
  })

  it('a set of tasks holds what a set holds', () => {
    const random = new Random(seed)
    const tasks = new TaskSet()
    const set = new Set<number>()
    for (let i = 0; i < 20_000; i++) {
      const task = random.pick([i, random.whole(0, 200), random.whole(0, 2 ** 52), 31, 32, 63, 64])
      assert.equal(tasks.has(task), set.has(task))
      assert.equal(tasks.add(task), !set.has(task))
      set.add(task)
    }
  })

  it('keys that are alike in their first word, as someone could make them up, cost no more', () => {
    const table = new KeyTable()
    const words = new Uint32Array(KEY_WORDS)
    const startedAt = performance.now()
    for (let i = 0; i < 200_000; i++) {
      words[3] = i
      table.set(words, 0, 1)
    }
    // In the same place each, 20 thousand million steps.
    assert.ok(performance.now() - startedAt < 10_000)
  })

  it('counts keys of rows and of values apart, whole ones and their first half', () => {
    const counts = new KeyCounts()
    const hex = 'ab'.repeat(16)
    counts.add(`sha256:${hex}${'00'.repeat(16)}`, 2)
    counts.add(`row:${'A'.repeat(22)}`)
    for (const none of ['unhashable', 'sha256:12', 'row:A', '', `sha256:${hex}zz`]) {
      counts.add(none)
      assert.equal(counts.take(none), false)
    }
    assert.deepEqual([counts.size, counts.sizeOf('row'), counts.sizeOf('value')], [3, 1, 2])
    assert.equal(counts.takeWords('row', keyWords(Buffer.from(hex, 'hex')), 0), false)
    assert.equal(counts.takeWords('value', keyWords(Buffer.from(hex, 'hex')), 0), true)
    assert.deepEqual([counts.take(`sha256:${hex}`), counts.take(`sha256:${hex}`)], [true, false])
    assert.equal(counts.takeWords('row', keyWords(new Uint8Array(16)), 0), true)
    assert.equal(counts.size, 0)
  })

  it('sees keys as words wherever their bytes lie', () => {
    const bytes = Uint8Array.from({ length: 40 }, (_, i) => i)
    for (let at = 0; at < 8; at++)
      assert.deepEqual(keyWords(bytes.subarray(at, at + 32)), new Uint32Array(bytes.slice(at, at + 32).buffer))
  })
})
