import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { pack } from '#manyhands/view/pack/pack.js'
import { unitOf, type Unpacked } from '#manyhands/view/pack/packed-view.js'
import { unpack } from '#manyhands/view/pack/unpack.js'
import type { View } from '#manyhands/view/view.js'

import { MadeDigest } from './support/made-run.js'

function made(): View {
  const run = new MadeDigest({ steps: ['read', 'write'] })
  for (let task = 0; task < 300; task++) {
    const state = task % 7 === 0 ? 'failed' : 'ok'
    const ms = ((task * 37) % 101) + 0.125
    run.attempt({
      task: (task * 53) % 300,
      worker: (task % 4) + 1,
      at: task * 3.5,
      ms,
      state,
      steps: [ms / 4, null],
      input: `photos/${task}.jpg`,
    })
  }
  return run.attempt({ task: 2 ** 40, at: 5, attempt: 3, input: 'two\nlines \uD83D \u{1F600}' }).view()
}

function there(view: View, way?: Parameters<typeof pack>[1]): Unpacked {
  const { lanes, steps } = view
  const bins = lanes[0]?.work[0]?.length ?? 0
  return unpack(pack(view, way), { unit: unitOf(view), lanes: lanes.length, steps: steps.length, bins })
}

/** Fails unless times differ by less than half a unit. */
function near(actual: Float64Array, expected: readonly number[], unit: number): void {
  assert.equal(actual.length, expected.length)
  for (const [i, ms] of expected.entries()) assert.ok(Math.abs((actual[i] as number) - ms) <= unit / 2 + 1e-9, `${i}`)
}

describe('packed attempts and lanes', () => {
  it('are what they were, times to a millionth of the run', () => {
    const view = made()
    const { singles, lanes } = view
    const unpacked = there(view)
    const unit = unitOf(view)
    assert.equal(unpacked.n, 301)
    near(unpacked.start, singles.start, unit)
    near(unpacked.ms, singles.ms, unit)
    for (const [i, step] of singles.steps.entries()) near(unpacked.steps[i] as Float64Array, step, unit)
    for (const name of ['task', 'lane', 'attempt', 'state', 'failed'] as const)
      assert.deepEqual([...unpacked[name]], singles[name])
    const work = unpacked.work.map((lane) => lane.map((series) => [...series].map((share) => Math.round(share * 250))))
    assert.deepEqual(
      work,
      lanes.map((lane) => lane.work),
    )
    assert.ok(unpacked.input.includes('two⏎lines \\ud83d \u{1F600}'))
  })

  it('can be told less exactly, with shorter inputs', () => {
    const view = made()
    const unpacked = there(view, { coarseness: 4, inputLength: 4 })
    near(unpacked.ms, view.singles.ms, 4 * unitOf(view))
    assert.ok(unpacked.input.every((input) => input.length <= 4))
    assert.ok(pack(view, { coarseness: 4, inputLength: 4 }).length < pack(view).length)
  })

  it('may be none', () => {
    const view = new MadeDigest().view()
    assert.deepEqual([there(view).n, there(view).work], [0, []])
  })
})
