import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { map } from 'manyhands'

import { until } from '../../support/until.js'

/** Leaves two groups open, one of them by an error. */
function grouped(n: number): number {
  console.group(`group of ${n}`)
  console.log(`in ${n}`)
  console.groupCollapsed()
  if (n === 1) throw new Error('in a group')
  console.groupEnd()
  console.groupEnd()
  console.groupEnd()
  console.group()
  console.warn(`more of ${n}`)
  return n
}

describe('groups that tasks leave open', () => {
  for (const backend of ['threads', 'processes', 'serial'] as const) {
    it(`indent nothing that other tasks print: ${backend}`, async () => {
      const texts: string[] = []
      const logs = ({ text }: { text: string }): void => void texts.push(text)
      const options = { backend, logs, workers: 1, onError: 'return' } as const
      await map([1, 2, 3], grouped, options)
      await map([4], grouped, options)
      await until(() => texts.join('').includes('more of 4'))
      const expected = [1, 2, 3, 4].map((n) => `group of ${n}\n  in ${n}\n${n === 1 ? '' : `  more of ${n}\n`}`)
      assert.equal(texts.join(''), expected.join(''))
    })
  }
})
