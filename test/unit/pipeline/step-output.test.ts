import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { currentTask } from 'manyhands'
import { pipeline } from 'manyhands/pipeline'

import { Scratch } from '#manyhands/testing/scratch.js'

import { BACKENDS } from '../support/each-backend.js'

const talking = pipeline<{ n: number }>('talking')
  .step('first', ({ n }) => {
    console.log('one')
    return n
  })
  .step('second', ({ first }) => {
    currentTask().log('two')
    console.error('three')
    if (first === 1) throw new RangeError('no')
    return first
  })

for (const backend of BACKENDS) {
  describe(`what a step prints: ${backend}`, () => {
    it('says which step it was, and so does the journal of what failed', async () => {
      using scratch = new Scratch()
      const printed: unknown[] = []
      const journal = scratch.file('journal.jsonl')
      await talking.run([{ n: 0 }, { n: 1 }], {
        backend,
        journal,
        logs: ({ index, step, text }) => printed.push([index, step, text]),
      })
      for (const index of [0, 1]) {
        for (const [step, text] of [
          ['first', 'one\n'],
          ['second', 'two\n'],
          ['second', 'three\n'],
        ] as const) {
          assert.ok(JSON.stringify(printed).includes(JSON.stringify([index, step, text])), JSON.stringify(printed))
        }
      }
      const rows = readFileSync(journal, 'utf8').trim().split('\n')
      const steps = rows.map((row) => JSON.parse(row) as { task?: number; step?: string })
      assert.deepEqual(
        steps
          .filter(({ task }) => task !== undefined)
          .map(({ task, step }) => [task, step])
          .sort(),
        [
          [0, undefined],
          [1, 'second'],
        ],
      )
    })
  })
}
