import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type LogRecord, map, type ProgressState, type RunEvent } from '../../index.ts'
import { double, failOn, print } from '../contract-tasks.ts'
import type { Subject } from './subject.ts'

/** Events, counts and progress of a run. */
export function output({ backend, capabilities }: Subject): void {
  describe('what is told about a run', () => {
    it('gives what tasks print to a function, with the task', async () => {
      const records: LogRecord[] = []
      await map(['a\nb', 'c'], print, { backend, logs: (record) => records.push(record) })
      const texts = records
        .toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0))
        .map((one) => [one.task, one.index, one.stream, one.level, one.text])
      assert.deepEqual(texts, [
        ['print', 0, 'stdout', 'log', 'a\nb\n'],
        ['print', 1, 'stdout', 'log', 'c\n'],
      ])
    })

    it('gives it in the order of the inputs, each task together', async () => {
      const records: LogRecord[] = []
      await map(['c', 'a', 'b'], print, { backend, logs: { ordered: (record) => records.push(record) } })
      assert.deepEqual(
        records.map((one) => [one.index, one.input, one.text]),
        [
          [0, 'c', 'c\n'],
          [1, 'a', 'a\n'],
          [2, 'b', 'b\n'],
        ],
      )
    })

    it('tells of starts, ends, failures and retries', async () => {
      const events: RunEvent[] = []
      await map([1, 2], failOn, {
        backend,
        args: [2],
        retries: 1,
        onError: 'return',
        onEvent: (event) => events.push(event),
      })
      const told = (type: RunEvent['type']): number => events.filter((event) => event.type === type).length
      assert.deepEqual([told('start'), told('done'), told('retry'), told('failed')], [3, 1, 1, 1])
      if (capabilities.parallel)
        assert.ok(events.every((event) => !('worker' in event) || typeof event.worker.id === 'number'))
    })

    it('tells how far it is, the last time when all is done', async () => {
      const states: ProgressState[] = []
      await map([1, 2, 3], double, { backend, progress: (state) => states.push(state) })
      const last = states.at(-1)
      assert.deepEqual([last?.done, last?.failed, last?.running, last?.total], [3, 0, 0, 3])
    })
  })
}
