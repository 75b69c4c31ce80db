import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { TimeoutError, withDefaults } from 'manyhands'
import { apply, filter, flatMap, gather, join, source, zip } from 'manyhands/workflow'

import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { until } from '../../support/until.js'
import { BACKENDS, WITH_WORKERS } from '../support/each-backend.js'
import { block, blockOrPass } from '../support/tasks.js'

/** Counts without end, and what was read of it. */
function endless(): {
  node: ReturnType<typeof source<[], Generator<number>>>
  read: () => number
  closed: () => boolean
} {
  let read = 0
  let closed = false
  const node = source(function* () {
    try {
      for (;;) yield read++
    } finally {
      closed = true
    }
  })
  return { node, read: () => read, closed: () => closed }
}

for (const backend of BACKENDS) {
  describe(`a workflow as a stream: ${backend}`, () => {
    it('an endless source is read only as far as it is used', async () => {
      const { node, read, closed } = endless()
      const even = filter((x: number) => x % 2 === 0)(node)
      const pairs = join((a: number, b: number) => a * 10 + b)(apply((x: number) => x + 1)(even), [0, 1])
      const values: number[] = []
      for await (const value of pairs.run({ backend, window: 8 })) {
        values.push(value)
        if (values.length === 5) break
      }
      assert.deepEqual(values, [10, 11, 30, 31, 50])
      assert.ok(closed())
      // Every second item is dropped, and makes room.
      assert.ok(read() <= 2 * (3 + 8), `${read()} were read`)
    })

    it('an endless asynchronous source is read only as far as it is used, and closed', async () => {
      let closed = false
      const numbers = source(async function* () {
        try {
          for (let n = 0; ; n++) yield await Promise.resolve(n)
        } finally {
          closed = true
        }
      })
      const values: number[] = []
      for await (const value of apply((x: number) => x * 2)(numbers).run({ backend, window: 4 })) {
        values.push(value)
        if (values.length === 20) break
      }
      assert.deepEqual(
        values,
        Array.from({ length: 20 }, (_, n) => n * 2),
      )
      await until(() => closed)
    })

    it('a workflow waits for a slow consumer', async () => {
      const { node, read } = endless()
      const results = zip((a: number, b: number) => a + b)(node, apply((x: number) => x)(node)).run({
        backend,
        window: 4,
      })
      assert.deepEqual(await results.next(), { done: false, value: 0 })
      // All that the window lets in is done, and nobody takes it.
      await until(() => results.stats().waiting === 4)
      assert.ok(read() <= 6, `${read()} were read`)
      assert.deepEqual(await results.next(), { done: false, value: 2 })
      results.cancel()
    })

    it('items that wait for a gather need no room in the window', async () => {
      const many = apply((x: number) => x)(Array.from({ length: 50 }, (_, i) => i))
      const mean = gather((all: number[]) => all.reduce((a, b) => a + b, 0) / all.length)(many)
      const centred = join((x: number, of: number) => x - of)(many, mean)
      const values = await centred.run({ backend, window: 3 })
      assert.deepEqual(values.slice(0, 3), [-24.5, -23.5, -22.5])
      assert.equal(values.length, 50)
    })

    it('a workflow stops with its signal', async () => {
      const { node, read, closed } = endless()
      const controller = new AbortController()
      const results = gather((all: number[]) => all.length)(node).run({ backend, signal: controller.signal })
      const failed = failure(results)
      await until(() => read() > 0)
      controller.abort(new RangeError('enough'))
      assert.ok((await failed) instanceof RangeError)
      assert.ok(closed())
    })

    it('a workflow ends with its deadline, and by its halt rule', async () => {
      const late = endless()
      const counted = gather((all: number[]) => all.length)(late.node).run({ backend, deadline: 30 })
      assert.ok((await failure(counted)) instanceof TimeoutError)
      assert.ok(late.closed())
      const enough = endless()
      const halted = apply((x: number) => x)(enough.node).run({ backend, halt: 'soon,success=3', batch: 1, window: 8 })
      const states: string[] = []
      for await (const record of halted.settled()) states.push(record.status)
      assert.ok(states.filter((one) => one === 'fulfilled').length >= 3)
      assert.equal(halted.stats().endedBy, 'halt')
      assert.ok(enough.closed())
    })

    it('a workflow can be run by a task', async () => {
      const outer = apply(async (n: number) => {
        const square = apply((x: number) => x * x)
        return square([n, n + 1])
          .run()
          .toArray()
      })
      assert.deepEqual(await outer([1, 2]).run({ backend }), [
        [1, 4],
        [4, 9],
      ])
    })

    it('a workflow takes the defaults of withDefaults', async () => {
      const names: string[] = []
      const node = apply((x: number) => x)(apply((x: number) => x)([1]))
      const onEvent = (event: { type: string }): void => void names.push(event.type)
      assert.deepEqual(await withDefaults({ backend, onEvent }, () => node.run().toArray()), [1])
      assert.deepEqual(
        names.filter((name) => name === 'start' || name === 'done'),
        ['start', 'done'],
      )
    })

    it('counts the items of all nodes', async () => {
      const states: { done: number; total: number | undefined }[] = []
      const workflow = gather((all: number[]) => all.length)(apply((x: number) => x)([1, 2, 3]))
      await workflow.run({ backend, progress: ({ done, total }) => states.push({ done, total }) })
      assert.deepEqual(states.at(-1), { done: 4, total: 4 })
    })
  })
}

for (const backend of WITH_WORKERS) {
  describe(`the order of work: ${backend}`, () => {
    it('starts an item as soon as all that it needs is there', async () => {
      using scratch = new Scratch()
      const gate = { started: scratch.file('started'), release: scratch.file('release') }
      const first = apply(blockOrPass, { retries: 1 })
      const second = apply((x: unknown, file: string) => (x === 2 ? file : x))
      const note = apply(
        (x: unknown) => {
          if (x === 'seen') scratch.touch('seen')
          return x
        },
        { local: true },
      )
      const results = note(second(first([gate, 1, 2]), 'seen'))
        .run({ backend, workers: 2, batch: 1 })
        .start()
      // The first item is held up; a later one has gone all the way.
      await scratch.appears('started')
      await scratch.appears('seen')
      scratch.touch('release')
      assert.deepEqual(await results, ['released', 1, 'seen'])
    })

    it('parts of what an item becomes go on before the rest', async () => {
      using scratch = new Scratch()
      const gate = { started: scratch.file('started'), release: scratch.file('release') }
      const parts = flatMap((x: unknown) => (x === 0 ? [block(gate)] : [x, x]))
      const note = apply(
        (x: unknown) => {
          if (x === 2) scratch.touch('seen')
          return x
        },
        { local: true },
      )
      const results = note(parts([0, 1, 2]))
        .run({ backend, workers: 2, batch: 1 })
        .start()
      await scratch.appears('seen')
      scratch.touch('release')
      assert.deepEqual(await results, ['released', 1, 1, 2, 2])
    })

    it('finishes what was begun before it begins more', async () => {
      const order: string[] = []
      const first = apply((x: number) => x, { retries: 1, name: 'first' })
      const second = apply((x: number) => x, { retries: 1, name: 'second' })
      const workflow = second(first([0, 1, 2, 3]))
      await workflow.run({
        backend,
        workers: 1,
        batch: 1,
        onEvent: (event) => event.type === 'start' && order.push(`${event.task.name} ${event.task.index}`),
      })
      const at = (what: string): number => order.indexOf(what)
      assert.ok(at('second 0') < at('first 3'), order.join())
    })

    it('no more is read while later rows leave no room for the first', async () => {
      using scratch = new Scratch()
      const gate = { started: scratch.file('started'), release: scratch.file('release') }
      let read = 0
      const node = source(function* () {
        for (;;) yield read++ === 0 ? gate : read
      })
      let combined = 0
      const pairs = join(
        (a: unknown, b: number) => {
          if (++combined === 8) scratch.touch('release')
          return [a, b]
        },
        { local: true },
      )(apply(blockOrPass, { retries: 0 })(node), [0, 1])
      const results = pairs.run({ backend, workers: 2, batch: 1, window: 8 })
      assert.deepEqual((await results.next()).value, ['released', 0])
      assert.ok(read <= 8, `${read} were read`)
      results.cancel()
    })

    it('ordered: false gives items as they come', async () => {
      using scratch = new Scratch()
      const gate = { started: scratch.file('started'), release: scratch.file('release') }
      const results = apply((x: unknown) => x)(apply(blockOrPass, { retries: 0 })([gate, 1, 2])).run({
        backend,
        workers: 2,
        batch: 1,
        ordered: false,
      })
      assert.deepEqual([(await results.next()).value, (await results.next()).value], [1, 2])
      scratch.touch('release')
      assert.deepEqual((await results.next()).value, 'released')
      assert.equal((await results.next()).done, true)
    })
  })
}
