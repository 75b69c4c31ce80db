import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'

import type { LoadedFunction } from '#manyhands/runtime/functions/loaded-function.js'
import { RemoteCacheClient, SILENCE_MS } from '#manyhands/runtime/remote-cache-client.js'
import { failure } from '#manyhands/testing/contract/subject.js'
import { ClassRegistry } from '#manyhands/wire/codec/class-registry.js'
import { Encoder } from '#manyhands/wire/codec/encoder.js'
import type { RecalledFrame, WorkerFrame } from '#manyhands/wire/protocol/frames.js'

const HASH = 'a'.repeat(64)

/** A worker whose host a test plays. */
function worker(isCurrent = true) {
  const told: WorkerFrame[] = []
  const remoteCache = new RemoteCacheClient({ post: (frame) => void told.push(frame) }, undefined)
  const fn = { id: 7, classes: new ClassRegistry() } as unknown as LoadedFunction
  const asked = { fn, step: 2, args: [HASH, undefined], isCurrent: () => isCurrent }
  const call = (compute: () => unknown) => remoteCache.call(asked, compute)
  const answer = async (state: RecalledFrame['state'], more?: Partial<RecalledFrame>): Promise<void> => {
    remoteCache.receive({ type: 'recalled', call: 1, state, ...more })
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { told, call, answer }
}

const never = (): never => assert.fail('it was computed')

describe('a call whose result the host keeps', () => {
  it('is not computed where the host has it', async () => {
    const { told, call, answer } = worker()
    const result = call(never)
    assert.deepEqual(told, [{ type: 'recall', call: 1, fn: 7, step: 2, args: [HASH, undefined] }])
    await answer('wait')
    await answer('hit', { result: new Encoder().encode(new Map([[1, 'one']])), valueHash: HASH })
    assert.deepEqual(await result, { value: new Map([[1, 'one']]), valueHash: HASH, state: 'hit' })
    assert.equal(told.length, 1)
  })

  it('is computed where it has not, and given to it', async () => {
    const { told, call, answer } = worker()
    const result = call(() => new Set([5]))
    await answer('compute')
    const offer = told[1]
    assert.ok(offer?.type === 'keep' && offer.call === 1 && offer.result !== undefined)
    await answer('computed', { valueHash: HASH })
    assert.deepEqual(await result, { value: new Set([5]), valueHash: HASH, state: 'computed' })
  })

  it('is not kept if a file among its arguments has changed', async () => {
    const { told, call, answer } = worker(false)
    const result = call(() => 5)
    await answer('compute')
    assert.deepEqual(await result, { value: 5, valueHash: undefined, state: 'unstorable' })
    assert.deepEqual(told[1], { type: 'keep', call: 1 })
  })

  it('is computed and not kept where the host cannot keep it, or what it sent cannot be read', async () => {
    const unreadable = new Encoder().encode(new Map())
    const cases: Parameters<ReturnType<typeof worker>['answer']>[] = [
      ['unstorable'],
      ['hit'],
      ['hit', { result: { ...unreadable, specials: [['class', null, '', { name: 'Nobody', value: 1 }]] } }],
    ]
    for (const words of cases) {
      const { told, call, answer } = worker()
      const result = call(() => 5)
      await answer(...words)
      assert.deepEqual(await result, { value: 5, valueHash: undefined, state: 'unstorable' })
      assert.equal(told.length, 1)
    }
  })

  it('tells the host where it fails, or what it gives cannot travel', async () => {
    for (const compute of [() => assert.fail('no'), () => () => 'a function']) {
      const { told, call, answer } = worker()
      const result = call(compute)
      result.catch(() => {})
      await answer('compute')
      assert.deepEqual(told[1], { type: 'keep', call: 1 })
      const outcome = await result.catch((error: Error) => error.message)
      if (typeof outcome === 'string') assert.equal(outcome, 'no')
      else assert.equal(outcome.state, 'unstorable')
    }
  })

  it('is computed where the host keeps silent, not where it says that it still looks', async (t) => {
    t.after(() => mock.timers.reset())
    mock.timers.enable({ apis: ['setTimeout'] })
    const { told, call, answer } = worker()
    let computed = 0
    const result = call(() => ++computed)
    for (let i = 0; i < 3; i++) {
      mock.timers.tick(SILENCE_MS - 1)
      await answer('wait')
    }
    assert.equal(computed, 0)
    mock.timers.tick(SILENCE_MS)
    assert.deepEqual(await result, { value: 1, valueHash: undefined, state: 'unstorable' })
    assert.deepEqual(told[1], { type: 'keep', call: 1 })
    // It comes too late.
    await answer('compute')
    assert.equal(told.length, 2)
  })

  it('ends also where the host does not say that it is kept', async (t) => {
    t.after(() => mock.timers.reset())
    mock.timers.enable({ apis: ['setTimeout'] })
    const { call, answer } = worker()
    const result = call(() => 5)
    await answer('compute')
    mock.timers.tick(SILENCE_MS)
    assert.equal((await result).state, 'unstorable')
  })

  it('takes no answer that is not its own', async () => {
    const { call, answer } = worker()
    const failed = failure(call(() => assert.fail('computed')))
    await answer('hit', { call: 2, result: new Encoder().encode('other') })
    await answer('compute')
    assert.match(String(await failed), /computed/)
  })
})
