import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { Source } from '#manyhands/pool/jobs/ports.js'

import type { ScriptedWorker } from '../support/scripted-backend.js'
import { idle, type Work, work } from '../support/work.js'

const FAULT = new Error('a fault of the code around a run')

/** A limiter of which one method throws. */
function limiter(method: 'room' | 'started'): object {
  const fine = { room: (max: number) => max, started: () => {}, onOpen: () => {}, close: () => {} }
  return { ...fine, [method]: fault }
}

function fault(): never {
  throw FAULT
}

/** A job whose source throws in a method or a property. */
function withSource(member: keyof Source): Work {
  const given = work(5)
  Object.defineProperty(given.source, member, {
    ...(member === 'take' || member === 'remaining' || member === 'priority' ? { value: fault } : { get: fault }),
  })
  return given
}

const FAULTY: readonly (readonly [what: string, make: () => Work])[] = [
  ['source whose take() throws', () => withSource('take')],
  ['source whose remaining() throws', () => withSource('remaining')],
  ['source whose priority() throws', () => withSource('priority')],
  ['source whose `empty` throws', () => withSource('empty')],
  ['limiter whose room() throws', () => work(5, { limiter: limiter('room') as never })],
  ['limiter whose started() throws', () => work(5, { limiter: limiter('started') as never })],
]

describe('a throw while work is given out', () => {
  for (const [what, make] of FAULTY) {
    it(`is an error of its run, and the others go on: a ${what}`, () => {
      const { dispatcher, workers } = idle(1)
      const [worker] = workers as [ScriptedWorker]
      const before = work(4, { batch: 1 })
      const faulty = make()
      const after = work(4, { batch: 1 })
      for (const { job } of [before, faulty, after]) dispatcher.add(job)
      worker.load()
      while (worker.batches[0] !== undefined) {
        worker.finish(worker.batches[0])
        worker.load()
      }
      assert.ok(faulty.outcomes.ended?.ending?.thrown instanceof Error)
      for (const { outcomes } of [before, after]) {
        assert.equal(outcomes.values.size, 4)
        assert.deepEqual(outcomes.ended, { ending: undefined })
      }
    })
  }

  it('is an error of its run, and the others go on: a sink that throws', async () => {
    for (const member of ['fulfil', 'flush'] as const) {
      const { dispatcher, workers } = idle(1)
      const [worker] = workers as [ScriptedWorker]
      const faulty = work(4, { batch: 1 })
      Object.defineProperty(faulty.outcomes, member, { value: fault })
      const fine = work(4, { batch: 1 })
      for (const { job } of [faulty, fine]) dispatcher.add(job)
      while (worker.batches[0] !== undefined) {
        worker.load()
        worker.finish(worker.batches[0])
        await Promise.resolve()
      }
      assert.equal(faulty.outcomes.ended?.ending?.thrown, FAULT)
      assert.equal(fine.outcomes.values.size, 4)
      assert.deepEqual(fine.outcomes.ended, { ending: undefined })
    }
  })
})
