import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { map } from '../../index.ts'
import { awaitSignal, awaitSignalUnless, identity, never } from '../contract-tasks.ts'
import { Scratch } from '../scratch.ts'
import { failure, type Subject } from './subject.ts'

/** Runs that end before their inputs do. */
export function cancelling({ backend }: Subject): void {
  describe('a run that is left early', () => {
    it('rejects with the reason of its signal: before, at the start, and while it runs', async () => {
      const reason = new Error('enough')
      assert.equal(await failure(map([1], identity, { backend, signal: AbortSignal.abort(reason) })), reason)
      const atStart = new AbortController()
      const started = map([1], never, { backend, signal: atStart.signal }).start()
      atStart.abort(reason)
      assert.equal(await failure(started), reason)
      using scratch = new Scratch()
      const files = { started: scratch.file('started'), aborted: scratch.file('aborted') }
      const midway = new AbortController()
      const run = failure(map([files], awaitSignal, { backend, signal: midway.signal }))
      await scratch.appears('started')
      midway.abort(reason)
      assert.equal(await run, reason)
      await scratch.appears('aborted')
    })

    it('takes no notice of a signal after its end, and leaves no listener behind', async () => {
      const controller = new AbortController()
      let listeners = 0
      const { addEventListener, removeEventListener } = controller.signal
      Object.assign(controller.signal, {
        addEventListener: (...args: Parameters<typeof addEventListener>) => (
          listeners++,
          addEventListener.apply(controller.signal, args)
        ),
        removeEventListener: (...args: Parameters<typeof removeEventListener>) => (
          listeners--,
          removeEventListener.apply(controller.signal, args)
        ),
      })
      assert.deepEqual(await map([1], identity, { backend, signal: controller.signal }), [1])
      controller.abort()
      assert.equal(listeners, 0)
    })

    it('closes its inputs and tells running tasks when its loop is left', async () => {
      using scratch = new Scratch()
      const files = { started: scratch.file('started'), aborted: scratch.file('aborted') }
      let closed = false
      function* inputs(): Generator<typeof files | 'first'> {
        try {
          yield 'first'
          yield files
          for (;;) yield 'first'
        } finally {
          closed = true
        }
      }
      for await (const _ of map(inputs(), awaitSignalUnless, {
        backend,
        args: ['first'],
        ordered: false,
        workers: 2,
        concurrency: 2,
      })) {
        await scratch.appears('started')
        break
      }
      assert.ok(closed)
      await scratch.appears('aborted')
    })

    it('can be cancelled, and its promise rejects', async () => {
      const run = map([1], never, { backend })
      const awaited = failure(run)
      run.cancel(new Error('changed my mind'))
      assert.equal(((await awaited) as Error).message, 'changed my mind')
    })

    it('leaves the workers usable', async () => {
      for (let i = 0; i < 5; i++) {
        for await (const value of map([1, 2, 3, 4, 5, 6], identity, { backend })) if (value === 2) break
      }
      assert.deepEqual(await map([1, 2, 3], identity, { backend }), [1, 2, 3])
    })
  })
}
