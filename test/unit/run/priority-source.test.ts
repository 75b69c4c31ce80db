import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { Chunk } from '#manyhands/pool/jobs/chunk.js'
import { ItemChunk } from '#manyhands/pool/jobs/item-chunk.js'
import type { Source } from '#manyhands/pool/jobs/ports.js'
import { PrioritySource } from '#manyhands/run/source/priority-source.js'

import { itemOf, functionUse } from '../support/work.js'

const fn = functionUse()

/** A source of items with these priorities, which gives as many as there is room for. */
class Priorities implements Source {
  room = Infinity
  stopped = false
  #next = 0
  readonly #priorities: readonly number[]

  constructor(priorities: readonly number[]) {
    this.#priorities = priorities
  }

  take(max: number): Chunk | undefined {
    const count = Math.min(max, this.room, this.#priorities.length - this.#next)
    if (count === 0) return undefined
    this.room -= count
    const first = this.#next
    this.#next += count
    return new ItemChunk(
      Array.from({ length: count }, (_, i) =>
        itemOf(first + i, fn, { priority: this.#priorities[first + i] as number }),
      ),
    )
  }

  remaining(): number {
    return this.#priorities.length - this.#next
  }

  get empty(): boolean {
    return this.remaining() === 0
  }

  get exhausted(): boolean {
    return this.empty
  }

  stop(): void {
    this.stopped = true
  }
}

function inputsOf(chunk: Chunk | undefined): unknown[] {
  return Array.from({ length: chunk?.length ?? 0 }, (_, at) => chunk?.input(at))
}

describe('a source of inputs with priorities of their own', () => {
  it('a source with priorities gives the highest of all that the window has room for first, equals in their order', () => {
    const inputs = new Priorities([0, 5, 0, 5, 9])
    inputs.room = 4
    const source = new PrioritySource(inputs)
    assert.deepEqual(inputsOf(source.take(1)), [1])
    assert.equal(source.remaining(), 4)
    inputs.room = 1
    // One more was read, and is more urgent than what waits.
    assert.deepEqual(inputsOf(source.take(1)), [4])
    assert.deepEqual([...inputsOf(source.take(1)), ...inputsOf(source.take(1)), ...inputsOf(source.take(1))], [3, 0, 2])
    assert.ok(source.exhausted)
  })

  it('a source with priorities knows that of the next input', () => {
    const source = new PrioritySource(new Priorities([1, 7, 3]))
    assert.equal(source.priority(), undefined)
    source.take(1)
    assert.equal(source.priority(), 3)
  })

  it('a source with priorities that is stopped stops its inputs, and gives nothing of what waits', () => {
    const inputs = new Priorities([1, 2, 3])
    const source = new PrioritySource(inputs)
    source.take(1)
    source.stop()
    assert.ok(inputs.stopped)
    assert.equal(source.take(5), undefined)
  })
})
