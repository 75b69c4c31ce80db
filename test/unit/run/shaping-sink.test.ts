import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { ItemChunk } from '#manyhands/pool/jobs/item-chunk.js'
import { ShapingSink } from '#manyhands/run/outcomes/shaping-sink.js'

import { itemOf, functionUse, Outcomes } from '../support/work.js'

const fn = functionUse()

describe('a sink that shapes results', () => {
  it('a shaping sink makes of each result, its input and its index what goes on', () => {
    const next = new Outcomes()
    const sink = new ShapingSink((value, input, index) => ({ value, input, index }), next)
    const items = [4, 7].map((index) => itemOf(index, fn))
    sink.fulfil(new ItemChunk(items), 1, 'seven', 8)
    assert.deepEqual([...next.values], [[7, { value: 'seven', input: 7, index: 7 }]])
  })

  it('a shaping sink leaves failures and the end as they are', () => {
    const next = new Outcomes()
    const sink = new ShapingSink(() => assert.fail('a failure was shaped'), next)
    const [error, ending] = [new Error('no'), { thrown: new Error('the end') }]
    sink.reject(itemOf(3, fn), error)
    sink.end(ending)
    assert.deepEqual([...next.errors], [[3, error]])
    assert.equal(next.ended?.ending, ending)
  })
})
