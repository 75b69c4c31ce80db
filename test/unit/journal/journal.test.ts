import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { currentTask, execute, InvalidArgumentError, JournalError, map, task, TaskError } from 'manyhands'

import { FileLock } from '#manyhands/journal/file-lock.js'
import { type JournalRow, readRows } from '#manyhands/journal/lines/read-journal.js'
import { runName } from '#manyhands/journal/run-name.js'
import { contentKey } from '#manyhands/task/canonical/canonical-hash.js'
import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { attemptsOf } from '../../support/journal-attempts.js'
import { BACKENDS } from '../support/each-backend.js'

const tenfold = (x: number, bad: number): number => {
  if (x === bad) throw new RangeError('bad')
  return x * 10
}

function rows(file: string): JournalRow[] {
  return [...readRows(file)]
}

for (const backend of BACKENDS) {
  describe(`a journal: ${backend}`, () => {
    it('has a row for each attempt that began, and none for what did not, where the run is ended', async () => {
      using scratch = new Scratch()
      const journal = scratch.file('journal')
      const endsIt = (x: number): Promise<number> =>
        x === 1 ? Promise.reject(new Error('it ends here')) : new Promise(() => {})
      const options = { backend, workers: 1, concurrency: 2, batch: 2 } as const
      const codes = await map([0, 1, 2, 3, 4, 5, 6, 7], endsIt, {
        ...options,
        journal,
        halt: 'now,fail=1',
        onError: ({ code }) => code,
      })
      assert.deepEqual([...new Set(codes)].toSorted(), ['MH_TASK_ABORTED', 'MH_TASK_FAILED'])
      const written = rows(journal)
      assert.deepEqual(
        written
          .filter(({ task: index }) => index < 2)
          .map(({ task: index, state }) => [index, state])
          .toSorted(),
        [
          [0, 'aborted'],
          [1, 'failed'],
        ],
      )
      assert.ok(written.length < 5, 'what never began has no row')
      for (const { attempt, start, ms } of written) {
        assert.equal(attempt, 1)
        assert.ok(Math.abs((start ?? 0) - Date.now()) < 60_000 && (ms ?? -1) >= 0)
      }
    })

    it('has a row for each attempt, and later runs leave out what succeeded, wherever it stands', async () => {
      using scratch = new Scratch()
      const journal = scratch.file('journal')
      const options = { backend, journal, onError: 'return', retries: 1 } as const
      const first = await map([1, 2, 3, 4, 4], tenfold, { ...options, args: [3] })
      assert.deepEqual(
        first.map((value) => (value instanceof TaskError ? 'failed' : value)),
        [10, 20, 'failed', 40, 40],
      )
      const written = attemptsOf(journal)
      assert.deepEqual(written.map(({ task: index, attempt, state }) => [index, attempt, state]).toSorted(), [
        [0, 1, 'ok'],
        [1, 1, 'ok'],
        [2, 1, 'failed'],
        [2, 2, 'failed'],
        [3, 1, 'ok'],
        [4, 1, 'ok'],
      ])
      const inputs = [1, 2, 3, 4, 4]
      for (const { task: index, key, ms, pid } of written) {
        assert.ok(key.length >= 39 && contentKey(inputs[index]).startsWith(key), key)
        // Of a quick success it may be unknown how long it took.
        assert.ok((ms ?? 0) >= 0 && (pid ?? 0) > 0)
      }
      const failed = rows(journal).filter(({ state }) => state === 'failed')
      assert.deepEqual(
        failed.map(({ input, error, again }) => [input, error?.message, again]),
        [
          [3, 'bad', true],
          [3, 'bad', undefined],
        ],
      )
      for (const { key, start, ms } of failed) {
        assert.equal(key, contentKey(3))
        assert.ok((start ?? 0) > 1.6e12 && (ms ?? -1) >= 0)
      }
      // Three times 4 now: two of them succeeded before.
      const second = await map([4, 3, 1, 4, 2, 4], tenfold, { ...options, args: [3] })
      assert.deepEqual(
        second.map((value) => (value instanceof TaskError ? 'failed' : value)),
        ['failed', 40],
      )
    })

    it('refuses a function that changed, naming both hashes, before any input is read', async () => {
      using scratch = new Scratch()
      const journal = scratch.file('journal')
      await map([1], tenfold, { backend, journal, args: [3] })
      let read = 0
      const inputs = function* (): Generator<number, void> {
        read++
        yield 1
      }
      const error = await failure(map(inputs(), tenfold, { backend, journal, args: [4] }))
      assert.ok(error instanceof JournalError && error.file === journal)
      assert.equal([...error.message.matchAll(/sha256:[\da-f]{64}/g)].length, 2)
      assert.equal(read, 0)
    })
  })
}

describe('a journal', () => {
  it('takes no harm from a torn last line, alien lines, and rows that stand twice', async () => {
    using scratch = new Scratch()
    const journal = scratch.file('journal')
    const run = (inputs: number[]): Promise<number[]> => map(inputs, (x: number) => x, { journal }).toArray()
    await run([1, 2])
    const text = readFileSync(journal, 'utf8')
    appendFileSync(journal, `${text}not a row\n{"v":2}\n[1]\nnull\n{"v":1,"ru`)
    const warnings: Error[] = []
    const listen = (warning: Error): unknown => warnings.push(warning)
    process.on('warning', listen)
    assert.deepEqual(await run([2, 1, 1, 3]), [1, 3])
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', listen)
    assert.match(warnings[0]?.message ?? '', /4 lines of the journal .* ignored/)
    // The torn line has its end now, and what came after it is whole.
    assert.deepEqual(await run([1, 2, 3, 1]), [])
  })

  it('refuses a file that is none, and leaves it as it is', async () => {
    using scratch = new Scratch()
    const journal = scratch.file('letter')
    writeFileSync(journal, 'dear sir\n')
    const error = await failure(map([1], (x: number) => x, { journal }))
    assert.ok(error instanceof JournalError)
    assert.match(error.message, /is not a manyhands journal: no line could be parsed/)
    assert.equal(readFileSync(journal, 'utf8'), 'dear sir\n')
  })

  it('cannot be had by two runs at once, and is free again after them', async () => {
    using scratch = new Scratch()
    const journal = scratch.file('journal')
    const waits = async (release: string): Promise<void> => {
      const { existsSync } = await import('node:fs')
      while (!existsSync(release)) await new Promise((resolve) => setTimeout(resolve, 2))
    }
    const first = map([scratch.file('release')], waits, { journal }).start()
    await scratch.appears('journal.lock')
    assert.match(
      String(await failure(map([1], (x: number) => x, { journal }))),
      /in use by another run \(process \d+\)/,
    )
    scratch.touch('release')
    await first
    const lock = FileLock.take(journal)
    assert.ok(lock instanceof FileLock)
    lock.release()
  })

  it('takes over the lock of a process that is gone, and of one whose number another has now', () => {
    using scratch = new Scratch()
    for (const holder of [{ pid: 2 ** 22 + 1 }, { pid: process.pid, started: 'long ago' }, 'rubbish']) {
      writeFileSync(scratch.file('a.lock'), JSON.stringify(holder))
      const lock = FileLock.take(scratch.file('a'))
      assert.ok(lock instanceof FileLock, JSON.stringify(holder))
      assert.equal(FileLock.take(scratch.file('a')), process.pid)
      lock.release()
    }
  })

  it('tells what died, timed out and was aborted', async () => {
    using scratch = new Scratch()
    const journal = scratch.file('journal')
    const odd = async (what: string): Promise<string> => {
      if (what === 'exit' && currentTask().attempt === 1) process.exit(3)
      if (what === 'hang') await new Promise(() => {})
      return what
    }
    await map(['exit', 'hang', 'good'], odd, { journal, timeout: 2_000, onError: 'return', batch: 1 })
    const states = attemptsOf(journal).map(({ task: index, state }) => `${index} ${state}`)
    assert.deepEqual(states.toSorted(), ['0 crashed', '0 ok', '1 timeout', '2 ok'])
    assert.deepEqual(
      rows(journal)
        .filter(({ state }) => state !== 'ok')
        .map(({ input }) => input)
        .toSorted(),
      ['exit', 'hang'],
    )
    const halted = scratch.file('halted')
    await map(['good', 'good'], odd, { journal: halted, halt: 'now,done=1', batch: 1, workers: 1, onError: 'return' })
    assert.equal(attemptsOf(halted)[0]?.state, 'ok')
  })

  it('is only for one function', () => {
    const error = (() => {
      try {
        return void execute([task((x: number) => x)(1)], { journal: 'x' })
      } catch (thrown) {
        return thrown
      }
    })()
    assert.ok(error instanceof InvalidArgumentError && error.option === 'journal')
  })

  it('names its runs so that people can say it', () => {
    assert.match(runName(), /^[a-z]+-[a-z]+-\d\d$/)
  })
})
