import assert from 'node:assert/strict'
import { it } from 'node:test'

import * as fc from 'fast-check'

import { Digest } from '#manyhands/view/digest/digest.js'
import { VIEW_STATES, type View, type ViewState } from '#manyhands/view/view.js'

import { check } from './support/check.js'

const START = 1_795_248_742_280
const BAD: readonly ViewState[] = ['failed', 'timeout', 'crashed']
const about = { run: 'r', code: 'c', host: 'h' }

const alone = fc.record({
  task: fc.nat(40),
  state: fc.constantFrom(...VIEW_STATES),
  attempt: fc.integer({ min: 1, max: 3 }),
  at: fc.double({ min: 0, max: 1e6, noNaN: true }),
  ms: fc.double({ min: 0.001, max: 1e5, noNaN: true }),
  worker: fc.integer({ min: 1, max: 5 }),
  message: fc.constantFrom('disk 1 is full', 'disk 22 is full', 'no file "a"', ''),
})
const together = fc.record({
  first: fc.nat(40),
  count: fc.integer({ min: 1, max: 30 }),
  at: fc.double({ min: 0, max: 1e6, noNaN: true }),
  ms: fc.double({ min: 0.1, max: 500, noNaN: true }),
  worker: fc.integer({ min: 1, max: 5 }),
})
type Value<A> = A extends fc.Arbitrary<infer T> ? T : never
type Entry = Value<typeof alone> | Value<typeof together>

/** The same, counted the long way. */
function recount(entries: readonly Entry[]) {
  const last = new Map<number, ViewState>()
  const lengths: number[] = []
  let recovered = 0
  let [ended, bad, busy] = [0, 0, 0]
  const set = (task: number, state: ViewState): void => {
    const isSaved = BAD.includes(last.get(task) ?? 'ok') && !BAD.includes(state) && state !== 'aborted'
    if (isSaved) recovered++
    last.set(task, state)
  }
  for (const entry of entries)
    if ('first' in entry) {
      for (let i = 0; i < entry.count; i++) set(entry.first + i, 'ok')
      for (let i = 0; i < entry.count; i++) lengths.push(entry.ms / entry.count)
      ended += entry.count
      busy += entry.ms
    } else {
      set(entry.task, entry.state)
      if (BAD.includes(entry.state)) bad++
      else if (entry.state !== 'aborted') ended++
      if (entry.state === 'cached' || entry.state === 'skipped') continue
      lengths.push(entry.ms)
      busy += entry.ms
    }
  const states = Object.fromEntries(VIEW_STATES.map((state) => [state, 0])) as Record<ViewState, number>
  for (const state of last.values()) states[state]++
  return { states, lengths: lengths.toSorted((a, b) => a - b), recovered, ended, bad, busy }
}

function digested(entries: readonly Entry[]): View {
  const digest = new Digest()
  digest.head({ ...about, started: START })
  for (let worker = 1; worker <= 5; worker++)
    digest.worker({ event: 'start', worker, slot: worker % 3, host: 'h', at: START })
  for (const entry of entries)
    if ('first' in entry) {
      const { first: task, at, ...rest } = entry
      digest.successes({ ...about, ...rest, task, start: START + at })
    } else {
      const { at, message, ...rest } = entry
      const error = BAD.includes(entry.state) ? { name: 'Error', message } : undefined
      digest.attempt({ ...about, ...rest, start: START + at, error })
    }
  return digest.view({ state: 'ended', exitCode: 0 })
}

it('a digest tells what a plain recount of the log tells', async () => {
  await check(
    fc.array(fc.oneof(alone, together), { maxLength: 60 }),
    (entries) => {
      const view = digested(entries)
      const plain = recount(entries)
      assert.deepEqual(view.states, plain.states)
      assert.equal(view.attempts, plain.lengths.length)
      assert.equal(view.recovered, plain.recovered)
      assert.equal(sum(view.bins.ok), plain.ended)
      assert.equal(sum(view.bins.bad), plain.bad)
      assert.ok(Math.abs(view.busy - plain.busy) <= 1e-6 * plain.busy + 1e-9)
      assert.ok(Math.abs(sum(view.bins.busy) - plain.busy) <= 0.01 * plain.busy + view.bins.busy.length)
      for (const [q, estimate] of [
        [0.5, view.lengths.p50],
        [0.9, view.lengths.p90],
        [0.99, view.lengths.p99],
      ] as const) {
        const exact = plain.lengths[Math.ceil(q * plain.lengths.length) - 1] ?? 0
        assert.ok(Math.abs(estimate - exact) <= 0.02 * exact + 1e-9, `${q}: ${estimate} instead of ${exact}`)
      }
      const failed = plain.states.failed + plain.states.timeout + plain.states.crashed
      const { kinds, singles, lanes } = view
      assert.equal(sum(kinds.map((kind) => kind.failed)), failed)
      assert.equal(sum(kinds.map((kind) => kind.tries)), plain.bad)
      for (const kind of kinds) assert.equal(sum(kind.when), kind.tries)
      assert.equal(singles.all, true)
      assert.equal(singles.task.length, plain.lengths.length)
      assert.equal(sum(lanes.map((lane) => lane.tasks)), plain.lengths.length)
    },
    500,
  )
})

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
