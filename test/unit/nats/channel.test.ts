import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Channel } from '#manyhands/backends/nats/channel/channel.js'
import { decodePacket, encodePacket, packetsIn, SEVERAL } from '#manyhands/backends/nats/channel/packet.js'
import type { PayloadStore } from '#manyhands/backends/nats/channel/payload-store.js'

import { stoppedClock } from '../../support/movable-clock.js'
import { seed } from '../../support/seed.js'

/** The largest message of a packet; larger ones go to the store. */
const LIMIT = 200
/** Longer than a message may be on its way before it counts as lost, in milliseconds. */
const AGES = 300

/** Numbers from 0 to 1, the same for each seed. */
function numbersFrom(start: number): () => number {
  let state = start
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Two ends of a session; what each publishes is in `wire` until a test carries it over. */
class Session {
  readonly wire: Record<'client' | 'agent', Uint8Array[]> = { client: [], agent: [] }
  readonly arrived: Record<'client' | 'agent', string[]> = { client: [], agent: [] }
  readonly client: Channel
  readonly agent: Channel
  readonly #stored = new Map<string, Uint8Array>()

  constructor() {
    const store = {
      limit: LIMIT,
      isUp: true,
      put: async (name: string, payload: Uint8Array) => void this.#stored.set(name, payload),
      get: async (name: string) => this.#stored.get(name),
      discard: (name: string) => this.#stored.delete(name),
    } as unknown as PayloadStore
    const end = (side: 'client' | 'agent'): Channel =>
      new Channel({
        session: 's',
        side,
        store,
        publish: (packet) => this.wire[side].push(packet),
        deliver: (message) => this.arrived[side].push(Buffer.from(message).toString()),
        broken: (error) => {
          throw error
        },
      })
    this.client = end('client')
    this.agent = end('agent')
  }

  /** Carries packets over, each as often as `times` says. */
  carry(times: () => number): void {
    for (const [from, to] of [
      ['client', this.agent],
      ['agent', this.client],
    ] as const)
      for (const packet of this.wire[from].splice(0)) for (let i = times(); i > 0; i--) to.receive(packet)
  }
}

const bytes = (text: string): Uint8Array => Buffer.from(text)

describe('the messages of a session', () => {
  it('messages that are kept travel in one packet', () => {
    const session = new Session()
    for (const text of ['a', 'b', 'c']) session.agent.keep(bytes(text))
    assert.equal(session.wire.agent.length, 0)
    session.agent.send(bytes('d'))
    assert.equal(session.wire.agent.length, 1)
    session.carry(() => 1)
    assert.deepEqual(session.arrived.client, ['a', 'b', 'c', 'd'])
  })

  it('messages of one turn of the event loop travel in one packet', async () => {
    const session = new Session()
    for (const text of ['a', 'b', 'c']) session.client.sendSoon(bytes(text))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(session.wire.client.length, 1)
    session.carry(() => 1)
    assert.deepEqual(session.arrived.agent, ['a', 'b', 'c'])
  })

  it('no packet is larger than the server takes', () => {
    const session = new Session()
    for (let i = 0; i < 20; i++) session.agent.keep(bytes(String(i).padEnd(60, '.')))
    session.agent.flush()
    const sizes = session.wire.agent.map((packet) => packet.length)
    assert.ok(sizes.length > 1 && sizes.every((size) => size <= LIMIT + 9), String(sizes))
    session.carry(() => 1)
    assert.equal(session.arrived.client.length, 20)
  })

  it('what was kept is sent when the session is closed', () => {
    const session = new Session()
    session.client.keep(bytes('kill'))
    session.client.close()
    session.carry(() => 1)
    assert.deepEqual(session.arrived.agent, ['kill'])
  })

  it('each message arrives once and in order, whatever is lost or comes twice', async (t) => {
    const pass = stoppedClock(t)
    const random = numbersFrom(seed)
    const session = new Session()
    const sent: Record<'client' | 'agent', string[]> = { client: [], agent: [] }
    for (let round = 0; round < 400; round++) {
      for (const side of ['client', 'agent'] as const) {
        for (let count = Math.floor(random() * 6); count > 0; count--) {
          const text = `${side}${sent[side].length}`.padEnd(random() < 0.03 ? 2 * LIMIT : random() * 90, '.')
          sent[side].push(text)
          const how = random()
          if (how < 0.4) session[side].keep(bytes(text))
          else if (how < 0.7) session[side].sendSoon(bytes(text))
          else session[side].send(bytes(text))
        }
      }
      session.carry(() => (random() < 0.2 ? 0 : random() < 0.2 ? 2 : 1))
      await new Promise((resolve) => setImmediate(resolve))
      pass(AGES / 2)
      session.client.compare(session.agent.taken)
      session.agent.compare(session.client.taken)
    }
    for (const side of ['client', 'agent'] as const) session[side].flush()
    for (let quiet = 0; quiet < 20; quiet++) {
      session.carry(() => 1)
      await new Promise((resolve) => setImmediate(resolve))
      pass(AGES)
      session.client.compare(session.agent.taken)
      session.agent.compare(session.client.taken)
    }
    assert.deepEqual(session.arrived.agent, sent.client)
    assert.deepEqual(session.arrived.client, sent.agent)
  })
})

describe('a packet of several messages', () => {
  it('is none if a length in it is wrong', () => {
    const lengths = [5, 2 ** 31, 2 ** 32 - 1]
    for (const length of lengths) {
      const body = Buffer.alloc(8, 1)
      body.writeUInt32LE(length, 0)
      const packet = decodePacket(encodePacket(SEVERAL, 1, 0, body))
      assert.ok(packet)
      assert.deepEqual(packetsIn(packet), [])
    }
    for (const short of [1, 3]) {
      const packet = decodePacket(encodePacket(SEVERAL, 1, 0, Buffer.alloc(short, 1)))
      assert.ok(packet)
      assert.deepEqual(packetsIn(packet), [])
    }
  })
})
