import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { CaptureError, map, TaskError, WorkerStartError } from 'manyhands'

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

class NoWorkers extends ScriptedBackend {
  tries = 0
  override start(): never {
    this.tries++
    throw new Error('EAGAIN: no more threads')
  }
}

describe("fallback: 'serial'", { timeout: 20_000 }, () => {
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

  it('warns of nothing where workers do it', async () => {
    const told = await fallbacks(async () => {
      assert.deepEqual(await map([1, 2], (x) => x + 1, { fallback: 'serial' }), [2, 3])
    })
    assert.deepEqual(told, [])
  })
})
