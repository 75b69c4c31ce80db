import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { CallQueue } from '#manyhands/workflow/engine/call-queue.js'
import type { GraphEngine } from '#manyhands/workflow/engine/graph-engine.js'
import { GraphSource } from '#manyhands/workflow/engine/graph-source.js'

describe('the calls of a graph', () => {
  it('tell the end once: a job whose worker has not told the end of its batch is not woken without end', () => {
    let told = 0
    const engine = { isOver: true, isExhausted: true, refill: () => false } as unknown as GraphEngine
    const source = new GraphSource(engine, new CallQueue(), {
      filled: () => told++,
      again: () => {},
      waits: () => {},
      stopped: () => {},
    })
    for (let i = 0; i < 3; i++) assert.equal(source.take(1), undefined)
    assert.equal(told, 1)
  })
})
