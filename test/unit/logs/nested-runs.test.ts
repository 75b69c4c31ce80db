import assert from 'node:assert/strict'
import { test } from 'node:test'

import { type LogRecord, map } from 'manyhands'

import { BACKENDS } from '../support/each-backend.js'

for (const backend of BACKENDS) {
  test(`what nested runs print belongs to the task around them: ${backend}`, async () => {
    const records: LogRecord[] = []
    const task = async (x: number): Promise<void> => {
      const { map: inner } = await import('manyhands')
      console.log(`before ${x}`)
      await inner([10, 11], async (y) => {
        console.log(`inner ${x} ${y}`)
        await inner([5], (z) => console.log(`deep ${x} ${y} ${z}`))
      })
      console.log(`after ${x}`)
    }
    const logs = (record: LogRecord): void => void records.push(record)
    await map([0, 1, 2], task, { backend, workers: 2, concurrency: 2, name: 'outer', logs })
    for (const x of [0, 1, 2]) {
      const own = records.filter(({ index }) => index === x)
      assert.deepEqual([...new Set(own.map((one) => one.task))], ['outer'])
      const middle = [`inner ${x} 10`, `deep ${x} 10 5`, `inner ${x} 11`, `deep ${x} 11 5`]
      // Lines that are printed soon after each other may come as one record.
      const lines = own
        .map(({ text }) => text)
        .join('')
        .trim()
        .split('\n')
      assert.deepEqual(lines, [`before ${x}`, ...middle, `after ${x}`])
    }
    assert.ok(records.every(({ index }) => index !== undefined))
  })
}
