import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { ResultGatherer } from '#manyhands/backends/nats/agent/result-gatherer.js'

/** Long beside a test, in milliseconds: what is sent in it was not sent by a timer. */
const LONG_MS = 60_000

/** A channel that counts its packets by what is in each. */
class Packets {
  readonly sent: string[] = []
  readonly gatherer: ResultGatherer
  #kept: string[] = []
  #onPacket: () => void = () => {}

  constructor() {
    const keep = (message: Uint8Array): void => void this.#kept.push(Buffer.from(message).toString())
    const flush = (): void => {
      if (this.#kept.length > 0) this.sent.push(this.#kept.splice(0).join(' '))
      this.#onPacket()
    }
    this.gatherer = new ResultGatherer({ keep, flush })
  }

  /** `count` batches of one item each. */
  expect(count: number, patience: number, concurrency = 1): void {
    for (let batch = 1; batch <= count; batch++)
      this.gatherer.expect({ batch, priority: 0, items: 1, concurrency, patience })
  }

  done(batch: number, failed = false): void {
    this.gatherer.outcomes({ batch, count: 1, end: true, failed }, Buffer.from(String(batch)))
  }

  next(): Promise<void> {
    return new Promise((resolve) => (this.#onPacket = resolve))
  }
}

describe('results on their way to a client', () => {
  it('results are sent together once half of the work is done', () => {
    const packets = new Packets()
    packets.expect(9, LONG_MS)
    for (let batch = 1; batch <= 9; batch++) packets.done(batch)
    assert.deepEqual(packets.sent, ['1 2 3 4', '5 6', '7', '8', '9'])
  })

  it('results of the only batch, and of the one before the last, are sent at once', () => {
    const packets = new Packets()
    packets.expect(2, LONG_MS)
    packets.done(1)
    packets.done(2)
    assert.deepEqual(packets.sent, ['1', '2'])
  })

  it('results are sent at once if as many tasks may run as are left', () => {
    const packets = new Packets()
    packets.expect(5, LONG_MS, 4)
    packets.done(1)
    assert.deepEqual(packets.sent, ['1'])
  })

  it('a failure is sent at once, after the results before it', () => {
    const packets = new Packets()
    packets.expect(9, LONG_MS)
    packets.done(1)
    packets.done(2, true)
    assert.deepEqual(packets.sent, ['1 2'])
  })

  it('any other frame is sent at once, after the results before it', () => {
    const packets = new Packets()
    packets.expect(9, LONG_MS)
    packets.done(1)
    packets.gatherer.now(Buffer.from('view'))
    assert.deepEqual(packets.sent, ['1 view'])
  })

  it('results that may not wait are sent at once', () => {
    const packets = new Packets()
    packets.expect(9, 0)
    packets.done(1)
    packets.done(2)
    assert.deepEqual(packets.sent, ['1', '2'])
  })

  it('results and output are sent when the least patient batch has waited long enough', async () => {
    const packets = new Packets()
    packets.expect(9, LONG_MS)
    packets.gatherer.expect({ batch: 10, priority: 0, items: 1, concurrency: 1, patience: 2 })
    packets.done(1)
    packets.gatherer.output(2, Buffer.from('a line'))
    assert.deepEqual(packets.sent, [])
    const sent = packets.next()
    packets.gatherer.output(10, Buffer.from('another'))
    await sent
    assert.deepEqual(packets.sent, ['1 a line another'])
  })

  it('results of more than 64 KiB do not wait', () => {
    const packets = new Packets()
    packets.expect(90, LONG_MS)
    packets.done(1)
    packets.gatherer.outcomes({ batch: 2, count: 1, end: true, failed: false }, Buffer.alloc(65_536, '.'))
    assert.equal(packets.sent.length, 1)
  })

  it('nonsense about batches that are not there is sent at once', () => {
    const packets = new Packets()
    packets.expect(9, LONG_MS)
    packets.done(77)
    packets.gatherer.outcomes({ batch: 1, count: 1_000, end: false, failed: false }, Buffer.from('many'))
    assert.deepEqual(packets.sent, ['77', 'many'])
  })
})
