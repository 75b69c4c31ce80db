import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { AskedCall, KeptCall } from '#manyhands/pool/functions/remote-cache.js'
import { RemoteCacheServer } from '#manyhands/pool/workers/remote-cache-server.js'
import { Encoder } from '#manyhands/wire/codec/encoder.js'
import type { RecalledFrame, RecallFrame } from '#manyhands/wire/protocol/frames.js'

import { functionUse } from '../support/work.js'

const HASH = 'b'.repeat(64)
const ASK: RecallFrame = { type: 'recall', call: 1, fn: 1, step: 0, args: [HASH] }

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

type Keep = (asked: AskedCall, compute: () => Promise<unknown>) => Promise<KeptCall> | undefined

/** What a host says to a worker whose calls are kept in some way. */
function host(keep: Keep) {
  const said: RecalledFrame[] = []
  const recalls = new RemoteCacheServer(1_000, (frame) => void said.push(frame))
  const fn = functionUse('work', { call: keep })
  return { said, recalls, fn }
}

const computing: Keep = async (_, compute) => ({ value: await compute(), valueHash: HASH, state: 'computed' })

describe('the calls that a worker asks for', () => {
  it('are answered with what is kept', async () => {
    const { said, recalls, fn } = host(async ({ step, args }) => ({
      value: [step, args],
      valueHash: HASH,
      state: 'hit',
    }))
    await recalls.ask(ASK, fn)
    assert.equal(said.length, 1)
    const [answer] = said
    assert.deepEqual([answer?.state, answer?.valueHash, answer?.result?.value], ['hit', HASH, [0, [HASH]]])
  })

  it('are computed by the worker where nothing is', async () => {
    const given: unknown[] = []
    const { said, recalls, fn } = host(async (asked, compute) => {
      const kept = await computing(asked, compute)
      given.push(kept?.value)
      return kept as KeptCall
    })
    const asked = recalls.ask(ASK, fn)
    await turn()
    recalls.keep({ type: 'keep', call: 1, result: new Encoder().encode(new Map([[1, 2]])) })
    await asked
    assert.deepEqual(given, [new Map([[1, 2]])])
    assert.deepEqual(said, [
      { type: 'recalled', call: 1, state: 'compute' },
      { type: 'recalled', call: 1, state: 'computed', valueHash: HASH },
    ])
  })

  it('are the affair of the worker where nobody keeps them, looking fails, or what is kept cannot be sent', async () => {
    const keeps: Keep[] = [
      () => undefined,
      () => Promise.reject(new Error('no disk')),
      () => assert.fail('no folder'),
      async () => ({ value: 'x'.repeat(2_000), valueHash: HASH, state: 'hit' }),
    ]
    for (const keep of keeps) {
      const { said, recalls, fn } = host(keep)
      await recalls.ask(ASK, fn)
      assert.deepEqual(said, [{ type: 'recalled', call: 1, state: 'unstorable' }])
    }
    const { said, recalls } = host(computing)
    await recalls.ask(ASK, undefined)
    await recalls.ask(ASK, functionUse())
    assert.deepEqual(
      said.map(({ state }) => state),
      ['unstorable', 'unstorable'],
    )
  })

  it('are given up where the worker fails, ends, or no longer has the function', async () => {
    const ends: ((recalls: RemoteCacheServer, fn: number) => void)[] = [
      (recalls) => recalls.keep({ type: 'keep', call: 1 }),
      (recalls) =>
        recalls.keep({
          type: 'keep',
          call: 1,
          result: { value: 0, specials: [['class', null, '', { name: 'Nobody', value: 0 }]], bytes: 0 },
        }),
      (recalls) => recalls.end(),
      (recalls, fn) => recalls.end(fn),
    ]
    for (const end of ends) {
      let signal: AbortSignal | undefined
      const { recalls, fn } = host((asked, compute) => {
        signal = asked.signal
        return computing(asked, compute)
      })
      const asked = recalls.ask(ASK, fn)
      recalls.end(fn.id + 1)
      assert.equal(signal?.aborted, false)
      end(recalls, fn.id)
      assert.equal(signal?.aborted, true)
      await asked
    }
  })

  it('a key that the worker makes up recalls nothing', async () => {
    const { said, recalls, fn } = host(computing)
    recalls.keep({ type: 'keep', call: 9, result: new Encoder().encode('forged') })
    const asked = recalls.ask(ASK, fn)
    // The same again.
    await recalls.ask(ASK, fn)
    assert.equal(said.length, 1)
    recalls.end()
    await asked
    const many = Array.from({ length: 10_000 }, (_, call) => recalls.ask({ ...ASK, call }, fn))
    assert.ok(said.some(({ state }) => state === 'unstorable'))
    recalls.end()
    await Promise.all(many)
  })
})
