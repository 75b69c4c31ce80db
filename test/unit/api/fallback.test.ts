import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { CaptureError, map, SerializationError, stateful, task, TaskError, withPool, WorkerStartError } from 'manyhands'
import { pipeline } from 'manyhands/pipeline'
import { apply, join } from 'manyhands/workflow'

import { ScriptedBackend } from '../support/scripted-backend.js'

/** The warnings of falling back while something runs. */
async function fallbacks(during: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = []
  const listen = (warning: Error & { code?: string }): void => {
    if (warning.code === 'MH_FALLBACK') texts.push(warning.message)
  }
  process.on('warning', listen)
  await during()
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', listen)
  return texts
}

const point = { x: 1 }

class NoWorkers extends ScriptedBackend {
  tries = 0
  override start(): never {
    this.tries++
    throw new Error('EAGAIN: no more threads')
  }
}

describe("fallback: 'serial'", { timeout: 180_000 }, () => {
  it('runs a function that cannot travel here, and says so once', async () => {
    let sum = 0
    const add = (x: number): number => (sum += x)
    const told = await fallbacks(async () => {
      assert.deepEqual(await map([1, 2, 3], add, { fallback: 'serial' }), [1, 3, 6])
    })
    assert.equal(sum, 6)
    assert.equal(told.length, 1)
    assert.match(told[0] ?? '', /^running in this thread, one task after the other: .*"sum"/)
  })

  it('is not done where it is not asked for, and no input is read', async () => {
    let sum = 0
    let read = 0
    function* inputs(): Generator<number> {
      for (;;) yield read++
    }
    await assert.rejects(async () => map(inputs(), (x: number) => (sum += x)), CaptureError)
    assert.equal(read, 0)
    assert.equal(sum, 0)
  })

  it('runs everything here where no worker can be started', async () => {
    const backend = new NoWorkers()
    const told = await fallbacks(async () => {
      assert.deepEqual(await map([1, 2, 3], (x) => x * 2, { backend, fallback: 'serial' }), [2, 4, 6])
    })
    assert.ok(backend.tries > 0)
    assert.equal(told.length, 1)
    assert.match(told[0] ?? '', /no more threads/)
    await assert.rejects(async () => map([1], (x) => x, { backend: new NoWorkers() }), WorkerStartError)
  })

  it('is no remedy for tasks that throw', async () => {
    const told = await fallbacks(async () => {
      const failing = (x: number): number => {
        if (x === 2) throw new RangeError('two')
        return x
      }
      await assert.rejects(async () => map([1, 2, 3], failing, { fallback: 'serial' }), TaskError)
    })
    assert.deepEqual(told, [])
  })

  for (const backend of ['threads', 'processes', 'serial'] as const) {
    const options = { backend, workers: 2, fallback: 'serial' } as const
    const seven = (): number => 7
    const called = (x: number | (() => number)): number => (typeof x === 'number' ? x : x())

    it(`runs tasks here whose input or result cannot travel, with values as they are: ${backend}`, async () => {
      class Point {
        readonly x = 4
      }
      const point = new Point()
      const told = await fallbacks(async () => {
        assert.deepEqual(await map([1, seven, 3, seven], called, options), [1, 7, 3, 7])
      })
      assert.equal(told.length, 1)
      assert.match(
        told[0] ?? '',
        /^running single tasks in this thread: .*\[1\] cannot send its input: input is a function/,
      )
      assert.equal((await map([point, 1], (x: unknown) => x, options))[0], point)
      const results = await map([1, 2, 3], (x: number) => (x === 2 ? () => x : x), options)
      assert.deepEqual(results.map(called), [1, 2, 3])
    })

    it(`tells of such tasks as of all others: ${backend}`, async () => {
      const events: string[] = []
      const failing = (x: number | (() => number)): number => {
        if (typeof x === 'function') throw new RangeError('no')
        return x
      }
      await fallbacks(async () => {
        const run = map([1, seven, 3], failing, {
          ...options,
          retries: 1,
          onError: 'return',
          onEvent: (event) => {
            if ('task' in event && ['done', 'failed', 'retry'].includes(event.type))
              events.push(`${event.type} ${event.task?.index}`)
          },
        })
        const [first, error, last] = await run
        assert.deepEqual([first, last], [1, 3])
        assert.ok(error instanceof TaskError && error.cause instanceof RangeError)
        assert.equal(error.input, seven)
        assert.equal(error.attempts, 2)
        const { done, failed } = run.stats()
        assert.deepEqual({ done, failed }, { done: 2, failed: 1 })
      })
      assert.deepEqual(events.toSorted(), ['done 0', 'done 2', 'failed 1', 'retry 1'])
    })

    it(`holds for constants, tasks, stateful workers, pipelines and workflows: ${backend}`, async () => {
      class Keeper {
        call(x: number | (() => number)): number {
          return called(x)
        }
      }
      const add = task((a: number | (() => number), b: number) => called(a) + b, { name: 'add' })
      const steps = pipeline<{ x: number | (() => number) }>('steps')
        .step('value', ({ x }) => called(x))
        .step('made', ({ value }) => (value === 7 ? seven : value))
      const given = [{ x: 1 }, { x: seven }]
      const opaque = new WeakMap([[point, 5]])
      await fallbacks(async () => {
        assert.deepEqual(
          await map([1, 2], (x: number, f: () => number) => x + f(), { ...options, args: [seven] }),
          [8, 9],
        )
        assert.deepEqual(await map([1, 2], (x: number) => x + (opaque.get(point) ?? 0), options), [6, 7])
        assert.deepEqual(await map([1, seven], stateful(Keeper), options), [1, 7])
        await withPool({ backend, workers: 1 }, async (pool) => {
          assert.deepEqual(await pool.execute([add(1, 2), add(seven, 2)], { fallback: 'serial' }), [3, 9])
        })
        const outcomes = await steps.run(given, options)
        assert.deepEqual(
          outcomes.map((one) => one.ok && called(one.clip.made)),
          [1, 7],
        )
        const shown = join((x: number | (() => number), y: number) => called(x) + y)
        const graph = shown(apply((x: number) => (x === 7 ? seven : x))(apply(called)([1, seven])), [1, 2])
        assert.deepEqual(await graph.run(options), [2, 3, 8, 9])
      })
    })
  }

  it('leaves tasks as they are that were not to fall back', async () => {
    const told = await fallbacks(async () => {
      await assert.rejects(async () => map([() => 1], (x) => x), SerializationError)
    })
    assert.deepEqual(told, [])
  })

  it('warns of nothing where workers do it', async () => {
    const told = await fallbacks(async () => {
      assert.deepEqual(await map([1, 2], (x) => x + 1, { fallback: 'serial' }), [2, 3])
    })
    assert.deepEqual(told, [])
  })
})
