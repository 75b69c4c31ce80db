import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { reduce } from 'manyhands'
import { nats } from 'manyhands/nats'

import { Scratch } from '#manyhands/testing/scratch.js'

import { withCluster } from './support/cluster.js'
import { addedOrKilled, noSums, starts, type Sums, togetherInOrder } from './tasks.js'

const LIMIT = { timeout: 120_000 }
const REDUCER = { initial: noSums, add: addedOrKilled, combine: togetherInOrder }

function floats(count: number): [number, number][] {
  return Array.from({ length: count }, (_, i) => [i, Math.sin(i) * 10 ** (i % 17)])
}

function lines(sums: Sums): number[] {
  return sums.text.split(',').slice(0, -1).map(Number)
}

describe('reductions on a cluster', () => {
  it('give the bits of one machine, also if workers die and a machine is lost', LIMIT, async () => {
    await withCluster(2, async ({ url }, [first]) => {
      using scratch = new Scratch()
      const inputs = floats(400)
      const here = await reduce(inputs, REDUCER, { backend: 'serial', grain: 8, args: [''] })
      assert.deepEqual(
        lines(here),
        inputs.map(([i]) => i),
      )
      const there = reduce(inputs, REDUCER, {
        backend: nats({ servers: url }),
        grain: 8,
        args: [scratch.folder],
        workerDeaths: 10,
      })
      // Some input waits on each machine before one of them is ended.
      while (new Set(starts(scratch.folder)).size < 4) await new Promise((resolve) => setTimeout(resolve, 5))
      first?.signal('SIGKILL')
      scratch.touch('go')
      assert.deepEqual(await there, here)
    })
  })

  it('leave the input out that kills its worker each time', LIMIT, async () => {
    await withCluster(1, async ({ url }) => {
      const inputs = floats(300)
      inputs[123] = [-123, 1]
      const backend = nats({ servers: url })
      for (const grain of [undefined, 16]) {
        const options = { backend, args: [''] as [string], workerDeaths: 1, ...(grain !== undefined && { grain }) }
        const { value, failed } = await reduce.settled(inputs, REDUCER, options)
        assert.deepEqual(
          lines(value),
          inputs.map(([i]) => i).filter((i) => i >= 0),
        )
        assert.deepEqual(
          failed.map(({ task, code, attempts }) => [task.index, code, attempts]),
          [[123, 'MH_WORKER_CRASHED', 2]],
        )
      }
    })
  })
})
