import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { LeaseTable, type Lease } from '#manyhands/backends/nats/agent/lease-table.js'

/** An agent that lends, to clients that let go at once when they are asked to. */
class Library {
  readonly lent: Lease[] = []
  readonly #leases: LeaseTable
  now = 0

  constructor(most: number) {
    this.#leases = new LeaseTable(most, () => this.now)
  }

  ask(client: string, isIdle = false): boolean {
    if (!this.#leases.mayHave(client, this.lent)) return false
    const one: Lease = { client, isIdle, leave: () => void this.lent.splice(this.lent.indexOf(one), 1) }
    this.lent.push(one)
    return true
  }

  count(client: string): number {
    return this.lent.filter((one) => one.client === client).length
  }

  get isAskedFor(): boolean {
    return this.#leases.isAskedFor
  }
}

describe('leases of workers', () => {
  it('gives who asks, as long as there are some', () => {
    const library = new Library(3)
    assert.deepEqual(
      ['a', 'a', 'b', 'c'].map((client) => library.ask(client)),
      [true, true, true, false],
    )
    assert.ok(library.isAskedFor)
  })

  it('asks idle ones back first, and then those of whoever has most, until all have about as many', () => {
    const library = new Library(6)
    for (const client of ['a', 'a', 'a', 'a', 'a']) library.ask(client)
    library.ask('b', true)
    assert.ok(!library.ask('c'))
    assert.equal(library.count('b'), 0)
    for (let round = 0; round < 5; round++) for (const client of ['a', 'c', 'b']) library.ask(client)
    assert.deepEqual([library.count('a'), library.count('b'), library.count('c')], [2, 2, 2])
  })

  it('a worker freed for a client with few is not given back to one with many, unless the former has gone', () => {
    const library = new Library(2)
    for (const client of ['a', 'a']) library.ask(client)
    assert.ok(!library.ask('b'))
    assert.ok(!library.ask('a'))
    library.now += 10_000
    assert.ok(library.ask('a'))
    assert.ok(!library.isAskedFor)
  })

  it('takes nothing from those who have as many', () => {
    const library = new Library(2)
    for (const client of ['a', 'b']) library.ask(client)
    assert.ok(!library.ask('c'))
    assert.deepEqual([library.count('a'), library.count('b')], [1, 1])
  })
})
