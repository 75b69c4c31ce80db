import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'

import type { Identity } from '#manyhands/cache/identify.js'
import type { Part } from '#manyhands/pipeline/definition.js'
import { makeAskingRunner } from '#manyhands/pipeline/runner/make-runner.js'
import { readStepOptions } from '#manyhands/pipeline/step-options.js'
import type { RunningBatch } from '#manyhands/runtime/batches/running-batch.js'
import type { Call } from '#manyhands/runtime/remote-cache-client.js'
import { ScopeKeeper } from '#manyhands/runtime/scope/task-scope.js'
import { Scratch } from '#manyhands/testing/scratch.js'

/** A batch of a worker that asks for results, and never gets one. */
function batchThatAsks(asked: Call[]): RunningBatch {
  const remoteCache = {
    async call(call: Call, compute: () => unknown) {
      asked.push(call)
      return { value: await compute(), valueHash: undefined, state: 'unstorable' }
    },
  }
  const steps = { begin: () => true, onStop: undefined }
  return { remoteCache, task: () => ({}), fn: () => ({ id: 3 }), steps: () => steps } as unknown as RunningBatch
}

describe('a pipeline for workers that ask their host', () => {
  it('opens no store, whatever it is told', async () => {
    using scratch = new Scratch()
    const rules = readStepOptions({ cache: true }, 'double')
    const parts: Part[] = [{ kind: 'step', name: 'double', fn: (clip) => 2 * (clip as { n: number }).n, rules }]
    const identity: Identity = { name: 'double', fn: '#double', code: '0'.repeat(64), parts: {}, edited: undefined }
    const store = { location: { dir: scratch.file('cache') }, identity }
    const data = { parts, config: undefined, pick: undefined, whole: false, caching: { double: { rules: {}, store } } }
    const asked: Call[] = []
    const result = new ScopeKeeper(true, () => {}).run(batchThatAsks(asked), 0, 0, makeAskingRunner(data), { n: 4 })
    assert.deepEqual(((await result) as { clip: unknown }).clip, { double: 8 })
    assert.deepEqual(
      asked.map(({ fn, step, args }) => [fn.id, step, args.length]),
      [[3, 0, 1]],
    )
    assert.equal(existsSync(scratch.file('cache')), false)
  })
})
