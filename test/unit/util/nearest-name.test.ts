import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { nearestName } from '#manyhands/util/nearest-name.js'

const NAMES = ['workers', 'concurrency', 'ordered', 'batch', 'window', 'timeout', 'retries', 'onError']

describe('the nearest name', () => {
  for (const [wrong, right] of [
    ['worker', 'workers'],
    ['wrokers', 'workers'],
    ['Timeout', 'timeout'],
    ['time_out', 'timeout'],
    ['onerror', 'onError'],
    ['concurency', 'concurrency'],
    ['retires', 'retries'],
    ['bach', 'batch'],
  ] as const) {
    it(`the nearest name to ${wrong} is ${right}`, () => assert.equal(nearestName(wrong, NAMES), right))
  }

  it('there is no nearest name if none is near', () => {
    for (const far of ['threads', 'x', '', 'verylongnamethatisnothing', 'toString', '__proto__'])
      assert.equal(nearestName(far, NAMES), undefined, far)
  })

  it('is the nearest of several', () => {
    assert.equal(nearestName('maxTask', ['maxQueue', 'maxTasks', 'minTasks']), 'maxTasks')
    assert.equal(nearestName('anything', []), undefined)
  })
})
