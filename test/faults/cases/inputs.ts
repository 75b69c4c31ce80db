import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { currentTask, map, TaskError } from 'manyhands'

import { type CaseFunction, markOf } from '../case.js'

export function identity<T>(value: T): T {
  return value
}

function* breaksAt(at: number, error: unknown): Generator<number> {
  for (let i = 0; i < at; i++) yield i
  throw error
}

async function* breaksLaterAt(at: number, error: unknown): AsyncGenerator<number> {
  for (let i = 0; i < at; i++) {
    if (i % 3 === 0) await new Promise((resolve) => setImmediate(resolve))
    yield i
  }
  throw error
}

/** F21: inputs that break: what was read is delivered, then the very error. */
export const broken: CaseFunction = async ({ backend }) => {
  for (const at of [0, 1, 5, 50, 3_000]) {
    for (const error of [new Error('no more'), undefined, 'text']) {
      for (const make of [breaksAt, breaksLaterAt]) {
        for (const ordered of [true, false]) {
          const seen: number[] = []
          let thrown: { error: unknown } | undefined
          try {
            for await (const value of map(make(at, error), identity, { backend, ordered, workers: 2 })) seen.push(value)
          } catch (caught) {
            thrown = { error: caught }
          }
          assert.ok(thrown !== undefined, `${make.name} at ${at} threw nothing`)
          assert.equal(thrown.error, error)
          assert.deepEqual(
            seen.toSorted((a, b) => a - b),
            Array.from({ length: at }, (_, i) => i),
          )
        }
      }
    }
  }
  await assert.rejects(async () => map(breaksAt(10, new RangeError('r')), identity, { backend }), RangeError)
}

/** F21: iterators that are wrong in other ways. */
export const odd: CaseFunction = async ({ backend }) => {
  const make = (next: () => unknown): Iterable<number> =>
    ({ [Symbol.iterator]: () => ({ next }) }) as unknown as Iterable<number>
  await assert.rejects(
    async () =>
      map(
        make(() => undefined),
        identity,
        { backend },
      ),
    TypeError,
  )
  const cannotStart = {
    [Symbol.iterator]: () => {
      throw new Error('cannot start')
    },
  } as unknown as Iterable<number>
  await assert.rejects(async () => map(cannotStart, identity, { backend }), /cannot start/)
  let closed = 0
  const failsToClose: Iterable<number> = {
    [Symbol.iterator]: () => ({
      next: () => ({ done: false as const, value: 1 }),
      return: () => {
        closed++
        throw new Error('cannot close')
      },
    }),
  }
  for await (const _ of map(failsToClose, identity, { backend })) break
  assert.equal(closed, 1)
}

/** F21: a task that fails closes the inputs. */
export const closedByFailure: CaseFunction = async ({ backend }) => {
  let closed = 0
  function* inputs(): Generator<number> {
    try {
      for (let i = 0; ; i++) yield i
    } finally {
      closed++
    }
  }
  const fails = (x: number): number => {
    if (x === 20) throw new RangeError('twenty')
    return x
  }
  await assert.rejects(async () => map(inputs(), fails, { backend }), TaskError)
  assert.equal(closed, 1)
}

export async function untilAborted(files: { readonly started: string; readonly aborted: string }): Promise<string> {
  const { signal } = currentTask()
  writeFileSync(files.started, '')
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  writeFileSync(files.aborted, '')
  return 'aborted'
}

async function appears(file: string): Promise<void> {
  while (!existsSync(file)) await sleep(2)
}

/** F22: a loop that is left, in each way: inputs are closed, running tasks told, nothing is left. */
export const leaving: CaseFunction = async ({ backend, folder }) => {
  process.on('unhandledRejection', (reason) => assert.fail(`unhandled: ${String(reason)}`))
  for (const [i, how] of ['break', 'throw', 'batches', 'settled', 'return', 'dispose'].entries()) {
    const files = { started: markOf(folder, `started-${i}`), aborted: markOf(folder, `aborted-${i}`) }
    let closed = 0
    function* inputs(): Generator<typeof files | number> {
      try {
        yield 1
        yield files
        for (let n = 2; ; n++) yield n
      } finally {
        closed++
      }
    }
    const work = (input: typeof files | number): unknown => (typeof input === 'number' ? input : untilAborted(input))
    const run = map(inputs(), work, { backend, ordered: false, workers: 2, concurrency: 2 })
    const read = { batches: () => run.batches(), settled: () => run.settled() }[how] ?? (() => run)
    try {
      for await (const _ of read() as AsyncIterable<unknown>) {
        await appears(files.started)
        if (how === 'throw') throw new Error('enough')
        if (how === 'return') await run.return()
        if (how === 'dispose') await run[Symbol.asyncDispose]()
        break
      }
    } catch (error) {
      assert.equal((error as Error).message, 'enough')
    }
    await appears(files.aborted)
    assert.equal(closed, 1, how)
  }
  assert.deepEqual(await map([1, 2], identity, { backend }), [1, 2])
}

/** F22: a run that is left while all of its tasks block. */
export const leavingBlocked: CaseFunction = async ({ backend, folder }) => {
  const file = markOf(folder, 'started')
  const block = (input: string): string => {
    if (input === 'first') return input
    writeFileSync(file, '')
    for (;;);
  }
  for await (const _ of map(['first', 'second', 'third'], block, { backend, workers: 2 })) {
    await appears(file)
    break
  }
}

/** F23: a slow consumer: reading stays within the window, ordered or not. */
export const slowConsumer: CaseFunction = async ({ backend }) => {
  for (const ordered of [true, false]) {
    for (const window of [1, 16, undefined]) {
      let read = 0
      let taken = 0
      function* inputs(): Generator<string> {
        for (; read < 20_000;) yield String(read++).padEnd(10_000, 'x')
      }
      const most = window ?? 2 * 2 * 1_024
      const options = { backend, ordered, workers: 2, ...(window && { window }) }
      for await (const value of map(inputs(), identity, options)) {
        assert.equal(value.length, 10_000)
        assert.ok(read <= ++taken + most, `${read} read, ${taken} taken, window ${most}`)
        if (taken % 10 === 0) await sleep(2)
        if (taken === 60) break
      }
      assert.ok(read <= 60 + most)
    }
  }
}

/** F23: with inputs and results of megabytes the window is one of bytes. */
export const slowConsumerOfLargeResults: CaseFunction = async ({ backend }) => {
  let read = 0
  function* inputs(): Generator<Uint8Array> {
    for (; read < 2_000; read++) yield new Uint8Array(1024 * 1024)
  }
  let taken = 0
  for await (const _ of map(inputs(), identity, { backend, workers: 2 })) {
    if (++taken === 20) break
    await sleep(5)
    // 64 MiB, and what was under way when they were full.
    assert.ok(read - taken <= 64 + 16, `${read} MB read, ${taken} taken`)
  }
}

/** F24: a million tasks. */
export const aMillion: CaseFunction = async ({ backend, note }) => {
  function* count(): Generator<number> {
    for (let i = 0; i < 1_000_000; i++) yield i
  }
  assert.deepEqual(await map([1], identity, { backend, workers: 2 }), [1])
  const base = process.memoryUsage.rss()
  let peak = base
  let sum = 0
  for await (const values of map(count(), identity, { backend, workers: 2 }).batches()) {
    for (const value of values) sum += value
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  assert.equal(sum, 499_999_500_000)
  const grown = (peak - base) / 1024 / 1024
  note('grown MB', grown)
  assert.ok(grown < 120, `grew by ${grown.toFixed()} MB`)
}
