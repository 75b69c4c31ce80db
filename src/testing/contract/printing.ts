import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type LogRecord, map } from '../../index.ts'
import {
  printAndExit,
  printAndSpin,
  printAtOnce,
  printBytes,
  printHalf,
  printInTurns,
  printLines,
  writeWithCallbacks,
} from '../contract-tasks.ts'
import type { Subject } from './subject.ts'

/** The lines that a task prints. */
function lines(count: number): string {
  return Array.from({ length: count }, (_, i) => `line ${i}\n`).join('')
}

/** Output of tasks: complete, in order, and under the name of its task, even if the task or its worker fails. */
export function printing({ backend, capabilities }: Subject): void {
  /** Collects output, by input. */
  const collect = (): { logs: (record: LogRecord) => void; texts: Map<number | undefined, string> } => {
    const texts = new Map<number | undefined, string>()
    return { texts, logs: ({ index, text }) => texts.set(index, (texts.get(index) ?? '') + text) }
  }

  describe('what tasks print', () => {
    it('keeps characters whole whose bytes come one by one, of several tasks at once', async () => {
      const { logs, texts } = collect()
      const inputs = ['€ä😀\n', '😀€ä\n', 'ä😀€\n']
      await map(inputs, printBytes, { backend, logs, concurrency: 3, workers: 1 })
      assert.deepEqual(
        inputs.map((_, index) => texts.get(index)),
        inputs,
      )
    })

    it('does not give half a character of one task to the next', async () => {
      const { logs, texts } = collect()
      await map(['a', 'b'], printHalf, { backend, logs, workers: 1 })
      assert.deepEqual([texts.get(0), texts.get(1)], ['a\uFFFD', 'b\uFFFD'])
    })

    it('comes in order, streams and levels apart', async () => {
      const records: LogRecord[] = []
      await map([200], printInTurns, { backend, logs: (record) => records.push(record) })
      const expected = Array.from({ length: 200 }, (_, i) => [
        ['stdout', 'log', `log ${i}\n`],
        ['stderr', 'warn', `warn ${i}\n`],
        ['stdout', 'write', `write ${i}\n`],
      ]).flat()
      assert.deepEqual(
        records.map(({ stream, level, text }) => [stream, level, text]),
        expected,
      )
    })

    it('is all there, and no more, of tasks that print without a pause', async () => {
      const { logs, texts } = collect()
      const counts = [100_000, 1, 50_000, 0]
      assert.deepEqual(await map(counts, printLines, { backend, logs: { ordered: logs }, workers: 2 }), counts)
      for (const [index, count] of counts.entries()) assert.equal(texts.get(index) ?? '', lines(count))
    })

    it('is whole where it is one large text', async () => {
      const { logs, texts } = collect()
      await map([3_000_000], printAtOnce, { backend, logs })
      assert.equal(texts.get(0), '😀'.repeat(1_500_000))
    })

    it('tells who waits for it to be written', async () => {
      assert.deepEqual(await map([1_000], writeWithCallbacks, { backend, logs: 'off' }), [1_000])
    })
  })

  describe('what tasks print before they end badly', { skip: !capabilities.parallel }, () => {
    it('is there where they end their worker', async () => {
      const { logs, texts } = collect()
      await map([5_000], printAndExit, { backend, logs, workerDeaths: 0, onError: 'return' })
      assert.equal(texts.get(0), lines(5_000))
    })

    it('is there where their worker is ended', async () => {
      const { logs, texts } = collect()
      await map([1_000], printAndSpin, { backend, logs, timeout: 1_000, onError: 'return' })
      assert.equal(texts.get(0), lines(1_000))
    })
  })
}
