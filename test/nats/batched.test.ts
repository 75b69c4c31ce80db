import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { map } from 'manyhands'
import { nats } from 'manyhands/nats'

import { withCluster } from './support/cluster.js'
import { rowsTogether } from './tasks.js'

const LIMIT = { timeout: 180_000 }

describe('batched functions on a cluster', () => {
  it(
    'are called with many inputs, of which each keeps its own outcome, whether calls throw or end their worker',
    LIMIT,
    async () => {
      await withCluster(1, async ({ url }) => {
        const inputs = Array.from(
          { length: 500 },
          (_, n) => ({ n, how: n === 77 ? 'throws' : n === 300 ? 'exits' : 'runs' }) as const,
        )
        const records = []
        const run = map(inputs, rowsTogether, { backend: nats({ servers: url }), workerDeaths: 1 })
        for await (const one of run.settled()) records.push(one)
        assert.deepEqual(
          records.map(({ index }) => index),
          inputs.map(({ n }) => n),
        )
        const failed = records.flatMap((one) => (one.status === 'rejected' ? [[one.index, one.reason.code]] : []))
        assert.deepEqual(failed, [
          [77, 'MH_TASK_FAILED'],
          [300, 'MH_WORKER_CRASHED'],
        ])
        const values = records.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
        assert.deepEqual(
          values.map(({ n }) => n),
          inputs.map(({ n }) => n).filter((n) => n !== 77 && n !== 300),
        )
        assert.ok(values.some(({ together }) => together === 32))
      })
    },
  )
})
