import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { test } from 'node:test'

import { revive } from '#manyhands/runtime/revive/revive.js'
import { capture } from '#manyhands/task/capture/capture.js'

import { double, TAU } from './fixtures/tasks.js'
import { roundTrip } from './support/round-trip.js'

const offset = 10

test('a task can send functions itself, with what came along for it', async () => {
  const helper = (x: number): number => double(x) + offset
  class Unit {
    static readonly size: number = offset
    readonly value: number = Unit.size
  }
  const outer = async (x: number): Promise<unknown> => {
    const local = x + 1
    const inner = (y: number): unknown => [
      helper(y),
      local,
      TAU,
      new Unit().value,
      basename(import.meta.url),
      import.meta.resolve('./fixtures/tasks.js') === new URL('./fixtures/tasks.js', import.meta.url).href,
    ]
    const { functions } = await revive(structuredClone(await capture([inner])))
    return (functions[0] as (y: number) => unknown)(5)
  }
  assert.deepEqual(await roundTrip(outer, 1), [20, 2, 6.28, 10, 'nested.test.js', true])
})

test('a task that was sent twice over still imports as its own file does', async () => {
  const outer = async (): Promise<unknown> => {
    const inner = async (): Promise<unknown> => (await import('./fixtures/tasks.js')).triple(2)
    const { functions } = await revive(structuredClone(await capture([inner])))
    return (functions[0] as () => unknown)()
  }
  assert.equal(await roundTrip(outer), 6)
})

test('refusals in a task name the place in the source', async () => {
  const outer = async (): Promise<unknown> => {
    let counter = 0
    return capture([() => counter++]).catch((error: unknown) => (error as Error).message)
  }
  assert.match(String(await roundTrip(outer)), /"counter" \(captured at .*nested\.test\.[jt]s:\d+\)/)
})
