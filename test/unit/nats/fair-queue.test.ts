import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type Session, FairQueue } from '#manyhands/backends/nats/agent/fair-queue.js'

/** Batches that say when they begin, and end when they are told to, `ms` later. */
class Table {
  readonly begun: string[] = []
  readonly queue: FairQueue
  #now = 0

  constructor(slots: number) {
    this.queue = new FairQueue(slots, () => this.#now)
  }

  submit(session: Session, name: string, priority = 0, concurrency = 1): void {
    this.queue.submit(session, { priority, concurrency }, () => this.begun.push(name))
  }

  end(session: Session, ms = 1): void {
    this.#now += ms
    this.queue.ended(session)
  }
}

describe('turns at the workers of an agent', () => {
  it('begin at once where nobody else runs', () => {
    const table = new Table(2)
    const [a, b] = [table.queue.enter('a'), table.queue.enter('b')]
    table.submit(a, 'a1')
    table.submit(b, 'b1')
    table.submit(a, 'a2')
    assert.deepEqual(table.begun, ['a1', 'b1', 'a2'])
    assert.deepEqual([table.queue.busy, table.queue.waiting], [2, 0])
  })

  it('go to whoever ran least', () => {
    const table = new Table(1)
    const [a, b] = [table.queue.enter('a'), table.queue.enter('b')]
    table.submit(a, 'a1')
    for (const name of ['b1', 'b2', 'b3']) table.submit(b, name)
    for (const name of ['a2', 'a3']) table.submit(a, name)
    table.end(a, 10)
    table.end(b, 4)
    table.end(b, 4)
    table.end(b, 4)
    table.end(a)
    assert.deepEqual(table.begun, ['a1', 'b1', 'b2', 'b3', 'a2', 'a3'])
  })

  it('are shared by clients, not by the workers that each has', () => {
    const table = new Table(1)
    const many = [1, 2, 3].map(() => table.queue.enter('many'))
    const one = table.queue.enter('one')
    const sessions = [...many, one]
    for (let i = 0; i < 20; i++) for (const session of sessions) table.submit(session, session === one ? 'one' : 'many')
    for (let i = 0; i < 20; i++) table.end(sessions.find((session) => session.running > 0) as Session)
    const own = table.begun.filter((name) => name === 'one').length
    assert.ok(own >= 10 && own <= 11, `${own} of ${table.begun.length}`)
  })

  it('go to the highest priority first, and among equals to the oldest', () => {
    const table = new Table(1)
    const [a, b] = [table.queue.enter('a'), table.queue.enter('b')]
    table.submit(b, 'first')
    table.submit(a, 'low')
    table.submit(a, 'high', 2)
    table.submit(a, 'high too', 2)
    table.submit(b, 'middle', 1)
    table.end(b, 100)
    for (let i = 0; i < 3; i++) table.end(table.begun.at(-1) === 'middle' ? b : a, 100)
    assert.deepEqual(table.begun, ['first', 'high', 'high too', 'middle', 'low'])
  })

  it('a worker gets some milliseconds of work, so that another client need not wait for all that one has sent', () => {
    const table = new Table(1)
    const [a, b] = [table.queue.enter('a'), table.queue.enter('b')]
    for (let i = 1; i <= 9; i++) table.submit(a, `a${i}`)
    assert.deepEqual(table.begun, ['a1', 'a2'])
    table.end(a, 10)
    assert.deepEqual(table.begun, ['a1', 'a2', 'a3', 'a4', 'a5'])
    table.submit(a, 'urgent', 1)
    table.submit(b, 'b1')
    for (let i = 0; i < 4; i++) table.end(a, 10)
    assert.deepEqual(table.begun.slice(5), ['urgent'])
    table.end(a, 10)
    assert.deepEqual(table.begun.slice(5, 7), ['urgent', 'b1'])
  })

  it('batches that run beside each other are not kept back', () => {
    const table = new Table(1)
    const a = table.queue.enter('a')
    for (let i = 1; i <= 5; i++) table.submit(a, `a${i}`, 0, 8)
    assert.equal(table.begun.length, 5)
  })

  it('are given to others where one leaves, and a late one starts even', () => {
    const table = new Table(1)
    const [a, b] = [table.queue.enter('a'), table.queue.enter('b')]
    table.submit(a, 'a1')
    table.submit(b, 'b1')
    table.queue.leave(a)
    table.end(b, 1_000)
    const c = table.queue.enter('c')
    assert.equal(c.client.workTime, 1_000)
    assert.deepEqual(table.begun, ['a1', 'b1'])
  })
})
