import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Admission } from '#manyhands/runtime/batches/admission.js'
import type { RunningBatch } from '#manyhands/runtime/batches/running-batch.js'

/** Batches by name: those in capitals are exclusive, those in `loading` wait for their function. */
class Played {
  readonly loading: Set<string> = new Set()
  readonly lost: Set<string> = new Set()
  /** Batches that began and did not finish, in the order in which they began. */
  readonly running: string[] = []
  readonly givenBack: string[] = []
  readonly #admission = new Admission(
    (batch) => nameOf(batch) === nameOf(batch).toUpperCase(),
    (batch) => (this.lost.has(nameOf(batch)) ? 'never' : this.loading.has(nameOf(batch)) ? 'loading' : 'ready'),
  )
  readonly #batches = new Map<string, RunningBatch>()

  add(...names: string[]): string {
    for (const name of names) {
      const batch = { name } as unknown as RunningBatch
      this.#batches.set(name, batch)
      this.#admission.add(batch)
      this.#admit()
    }
    return this.running.join(' ')
  }

  finish(name: string): string {
    this.running.splice(this.running.indexOf(name), 1)
    if (this.#admission.finished(this.#batches.get(name) as RunningBatch)) this.#admit()
    return this.running.join(' ')
  }

  loaded(name: string): string {
    this.loading.delete(name)
    this.#admit()
    return this.running.join(' ')
  }

  #admit(): void {
    this.#admission.admit(
      (batch) => this.running.push(nameOf(batch)),
      (batch) => this.givenBack.push(nameOf(batch)),
    )
  }
}

function nameOf(batch: RunningBatch): string {
  return (batch as unknown as { name: string }).name
}

describe('batches in a worker', () => {
  it('run beside each other if none is exclusive', () => {
    const played = new Played()
    assert.equal(played.add('a', 'b', 'c'), 'a b c')
    assert.equal(played.finish('b'), 'a c')
    assert.equal(played.add('d'), 'a c d')
  })

  it('run one after the other, in the order in which they came, if they are exclusive', () => {
    const played = new Played()
    assert.equal(played.add('A', 'B', 'C'), 'A')
    assert.equal(played.finish('A'), 'B')
    assert.equal(played.finish('B'), 'C')
  })

  it('that are exclusive wait for those before them, and those behind them wait for them', () => {
    const played = new Played()
    assert.equal(played.add('a', 'b', 'C', 'd', 'e', 'F'), 'a b')
    assert.equal(played.finish('a'), 'b')
    assert.equal(played.finish('b'), 'C')
    assert.equal(played.finish('C'), 'd e')
    assert.equal(played.finish('e'), 'd')
    assert.equal(played.finish('d'), 'F')
  })

  it('that wait for their function let others pass, but exclusive ones keep their order', () => {
    const played = new Played()
    played.loading.add('a').add('B')
    assert.equal(played.add('a', 'B', 'C', 'd'), 'd')
    assert.equal(played.loaded('a'), 'd a')
    assert.equal(played.loaded('B'), 'd a')
    assert.equal(played.add('e'), 'd a')
    assert.equal(played.finish('d'), 'a')
    assert.equal(played.finish('a'), 'B')
    assert.equal(played.finish('B'), 'C')
    assert.equal(played.finish('C'), 'e')
  })

  it('that can never run are given back when their turn comes', () => {
    const played = new Played()
    played.lost.add('b').add('C').add('d')
    assert.equal(played.add('a', 'b', 'C', 'd'), 'a')
    assert.deepEqual(played.givenBack, ['b', 'C', 'd'])
    assert.equal(played.add('E'), 'a')
    played.lost.add('f')
    assert.equal(played.add('f'), 'a')
    assert.equal(played.finish('a'), 'E')
    assert.equal(played.finish('E'), '')
    assert.deepEqual(played.givenBack, ['b', 'C', 'd', 'f'])
  })
})
