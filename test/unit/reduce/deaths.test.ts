import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { reduce, type ReduceOptions, WorkerCrashedError } from 'manyhands'

import { failure, range, sum, texts } from './support.js'

for (const backend of ['threads', 'processes'] as const) {
  describe(`reduce on ${backend} that lose workers`, () => {
    it('leaves the input out that kills its worker, and counts all others once', async () => {
      const dying = {
        ...texts,
        add: (list: string[], input: string): void => {
          list.push(input)
          if (input === '37') process.exit(3)
        },
      }
      const inputs = range(100).map(String)
      for (const workerDeaths of [0, 1]) {
        const { value, failed } = await reduce.settled(inputs, dying, { backend, workers: 2, grain: 50, workerDeaths })
        assert.deepEqual(
          value,
          inputs.filter((one) => one !== '37'),
        )
        assert.equal(failed.length, 1)
        assert.ok(failed[0] instanceof WorkerCrashedError)
        assert.equal(failed[0].task.index, 37)
        assert.equal(failed[0].attempts, workerDeaths + 1)
      }
    })

    if (backend === 'processes') {
      it('finds inputs whose worker is killed before it can tell, and counts all others once', async () => {
        const killed = {
          ...sum,
          add: (total: number, input: number): number => {
            if (input === 57 || input === 400) process.kill(process.pid, 'SIGKILL')
            return total + input
          },
        }
        const expected = (999 * 1_000) / 2 - 457
        for (const [workerDeaths, grain] of [[0], [1, 128]] as const) {
          const options: ReduceOptions = { backend, workers: 2, workerDeaths, ...(grain !== undefined && { grain }) }
          const { value, failed } = await reduce.settled(range(1_000), killed, options)
          assert.equal(value, expected)
          assert.deepEqual(
            failed.map(({ code, task, attempts }) => [code, task.index, attempts]),
            [57, 400].map((index) => ['MH_WORKER_CRASHED', index, workerDeaths + 1]),
          )
        }
        const error = await failure(reduce(range(100), killed, { backend, workers: 1, workerDeaths: 0 }))
        assert.ok(error instanceof WorkerCrashedError)
        assert.equal(error.task.index, 57)
      })
    }

    it('stops an input that blocks its worker', async () => {
      const { value, failed } = await reduce.settled(
        range(20),
        {
          ...sum,
          add: (total, input) => {
            const until = input === 11 ? Infinity : 0
            while (performance.now() < until);
            return total + input
          },
        },
        { backend, workers: 2, timeout: 1_000 },
      )
      assert.equal(value, 179)
      assert.equal(failed[0]?.code, 'MH_TASK_TIMEOUT')
      assert.equal(failed[0]?.task.index, 11)
    })

    it('gives the same bits with a grain for any number of workers', async () => {
      const inputs = range(10_000).map((i) => Math.sin(i) * 10 ** (i % 17))
      const expected = await reduce(inputs, sum, { backend: 'serial', grain: 64 })
      for (const workers of [1, 2, 3]) {
        assert.equal(await reduce(inputs, sum, { backend, workers, grain: 64 }), expected)
        assert.equal(await reduce(inputs.values(), sum, { backend, workers, grain: 64, window: 64 }), expected)
      }
    })
  })
}
