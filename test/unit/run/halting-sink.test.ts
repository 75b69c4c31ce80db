import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { haltRule } from '#manyhands/options/halt-rule.js'
import { ItemChunk } from '#manyhands/pool/jobs/item-chunk.js'
import { HaltingSink } from '#manyhands/run/outcomes/halting-sink.js'

import { itemOf, functionUse, Outcomes } from '../support/work.js'

const fn = functionUse()

/** What a rule says of outcomes that come one by one: `+` a result, `-` a failure. Gives how many came before the halt. */
function haltedAfter(rule: string, outcomes: string, total?: number): { after: number; passed: number; why: string[] } {
  const why: string[] = []
  const next = new Outcomes()
  const sink = new HaltingSink(
    haltRule(rule, 'halt'),
    next,
    () => total,
    (text) => why.push(text),
  )
  let after = Infinity
  for (const [index, outcome] of outcomes.split('').entries()) {
    const item = itemOf(index, fn)
    if (outcome === '+') sink.fulfil(new ItemChunk([item]), 0, index, 8)
    else sink.reject(item, new Error('no'))
    sink.flush()
    if (why.length > 0) after = Math.min(after, index + 1)
  }
  return { after, passed: next.values.size + next.errors.size, why }
}

describe('a run with a halt rule', () => {
  for (const [rule, outcomes, total, after] of [
    ['soon,fail=2', '++-+-++', undefined, 5],
    ['soon,fail=3', '++-+-++', undefined, Infinity],
    ['now,success=3', '-+-++-+', undefined, 5],
    ['now,done=4', '+-+-+-+', undefined, 4],
    ['soon,fail=50%', '+++---', 6, 6],
    ['soon,fail=50%', '---+++', 6, 3],
    ['soon,success=10%', '--+++', 30, 5],
    ['soon,done=50%', '++++', 4, 2],
    // Without a known number of inputs a share is one of those that are done, of which there must be three.
    ['soon,fail=50%', '-+-+-', undefined, 3],
    ['soon,fail=50%', '--', undefined, Infinity],
    ['soon,done=50%', '++++++', undefined, Infinity],
    // A share of no inputs is reached by none.
    ['soon,fail=50%', '', 0, Infinity],
  ] as const) {
    it(`${rule} of ${total ?? 'unknown'} inputs halts "${outcomes}" ${after === Infinity ? 'never' : `after ${after}`}`, () => {
      assert.equal(haltedAfter(rule, outcomes, total).after, after)
    })
  }

  it('a run is halted once, says by which rule, and still passes on what comes', () => {
    const { why, passed } = haltedAfter('now,fail=1', '+-+-+')
    assert.deepEqual(why, ['the run was halted by its rule now,fail=1'])
    assert.equal(passed, 5)
  })

  it('a halting sink passes on its end', () => {
    const next = new Outcomes()
    const sink = new HaltingSink(
      haltRule('now,fail=1', 'halt'),
      next,
      () => 1,
      () => assert.fail('it was halted'),
    )
    const ending = { thrown: new Error('the end') }
    sink.end(ending)
    assert.equal(next.ended?.ending, ending)
  })
})
