import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { DEFAULT_POLICY, policyOf, NO_RETRIES, retryDelay } from '#manyhands/task/failure-policy.js'

describe('delays before another attempt', () => {
  const policy = { ...NO_RETRIES, times: 9, delay: 100, jitter: false }

  it('grow by their factor up to the longest', () => {
    assert.deepEqual(
      [2, 3, 4, 5].map((attempt) => retryDelay(policy, attempt)),
      [100, 200, 400, 800],
    )
    assert.equal(retryDelay({ ...policy, factor: 1 }, 9), 100)
    assert.equal(retryDelay(policy, 12), 60_000)
    assert.equal(retryDelay({ ...policy, maxDelay: 150 }, 3), 150)
    assert.equal(retryDelay(policy, 5_000), 60_000)
  })

  it('there are no retries unless they are asked for', () => {
    assert.equal(retryDelay({ ...NO_RETRIES, times: 3 }, 2), 0)
    assert.equal(retryDelay({ ...NO_RETRIES, times: 3 }, 7), 0)
  })

  it('are drawn from half to all of their length', () => {
    const jittered = { ...policy, jitter: true }
    assert.equal(
      retryDelay(jittered, 2, () => 0),
      50,
    )
    assert.equal(
      retryDelay(jittered, 2, () => 0.5),
      75,
    )
    assert.ok(retryDelay(jittered, 2, () => 0.999_999) <= 100)
  })
})

describe('the rules of a task type', () => {
  const run = {
    ...DEFAULT_POLICY,
    timeout: { ms: 9 },
    retries: { ...NO_RETRIES, times: 4 },
    priority: 3,
    workerDeaths: 2,
  }

  it('come before those of the run', () => {
    assert.deepEqual(policyOf({ timeout: { ms: 50 }, retries: NO_RETRIES, priority: -1 }, run), {
      timeout: { ms: 50 },
      retries: NO_RETRIES,
      workerDeaths: 2,
      priority: -1,
    })
  })

  it('are those of the run where it has none', () => {
    assert.deepEqual(policyOf({}, run), run)
  })
})
