import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { connect, type NatsConnection } from '@nats-io/transport-node'
import { Pool, type RunEvent, TaskError } from 'manyhands'
import { nats, runWorker } from 'manyhands/nats'

import { decodePacket, encodePacket } from '#manyhands/backends/nats/channel/packet.js'
import { encodeFrameMessage } from '#manyhands/backends/nats/messages/session-message.js'
import { failure } from '#manyhands/testing/contract/subject.js'
import { WIRE_VERSION } from '#manyhands/wire/protocol/frames.js'

import { Broker } from '../support/broker.js'
import { until } from '../support/until.js'
import { numbers } from './support/cluster.js'
import { double, lengthOf, slowly, zeros } from './tasks.js'

const LIMIT = { timeout: 180_000 }
const TASKS = new URL('./tasks.js', import.meta.url)
const MB = 2 ** 20
/** So that a message may have ten megabytes. */
const LARGE = 'max_payload: 16MB\nmax_pending: 256MB'

describe('a broker whose store is full', () => {
  it('a broker whose store is full fails what does not fit, and nothing else', LIMIT, async () => {
    await using broker = await Broker.start('', true, 'max_file_store: 3MB')
    const workers = await runWorker({ servers: broker.url, workers: 2, modules: [TASKS] })
    const pool = new Pool({ backend: nats({ servers: broker.url }) })
    const once = { workerDeaths: 0 }
    const { inputs, doubled } = numbers(2_000)
    const small = pool.map(inputs, slowly)
    const errors = [
      await failure(pool.map([new Uint8Array(6 * MB)], lengthOf, once)),
      await failure(pool.map([6 * MB], zeros, once)),
    ]
    for (const error of errors) {
      assert.ok(error instanceof TaskError)
      assert.match(error.message, /the broker's object store is full: it has no room for a payload of 6\.3 MB/)
      assert.doesNotMatch(error.message, /\n/)
    }
    assert.deepEqual(await small, doubled)
    assert.equal(await pool.run(double, 4), 8)
    await pool.close()
    await workers.drain(500)
  })
})

/** Little that claims to be much, or much that is nothing. */
const BOMBS: readonly Uint8Array[] = [
  Buffer.alloc(10 * MB, '['),
  Buffer.alloc(10 * MB, '{"sync":'),
  Buffer.from(`{"sync":[${'["a",1],'.repeat(1.2 * MB)}["a",1]]}`),
  Buffer.from(`{"agent":"a","slots":1,"modules":"${'x'.repeat(10 * MB)}"}`),
]
const FRAMES: readonly (readonly [body: Uint8Array, why: string])[] = [
  // Values within values; an array of 2^32 elements; a text of 2^34 characters.
  [Buffer.concat([Buffer.from([0xff, 0x0f]), Buffer.alloc(10 * MB, 'A\u0001')]), 'nested too deeply'],
  [Buffer.from([0xff, 0x0f, 0x61, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x40, 0, 0]), 'an array is too long'],
  [Buffer.from([0xff, 0x0f, 0x22, 0xff, 0xff, 0xff, 0xff, 0x3f]), 'unexpected end'],
]

/** Subjects that are spoken on, with the number of the last message there. */
async function eavesdrop(stranger: NatsConnection): Promise<Map<string, number>> {
  const seen = new Map<string, number>()
  stranger.subscribe('mh.default.>', {
    callback: (_, { subject, data }) => void seen.set(subject, decodePacket(data)?.seq || (seen.get(subject) ?? 0)),
  })
  await stranger.flush()
  return seen
}

describe('what strangers of the group send to blow up others', () => {
  it('a payload that would inflate is refused before it is opened', LIMIT, async () => {
    await using broker = await Broker.start(LARGE)
    const workers = await runWorker({ servers: broker.url, workers: 2, modules: [TASKS] })
    const stranger = await connect({ servers: broker.url, noEcho: true })
    const seen = await eavesdrop(stranger)
    const pool = new Pool({ backend: nats({ servers: broker.url }) })
    assert.equal(await pool.run(double, 1), 2)
    const before = process.memoryUsage().heapUsed
    const send = async (subject: string, data: Uint8Array): Promise<void> => {
      stranger.publish(subject, data, { reply: 'mh.default.nowhere' })
      await stranger.flush()
    }
    const subjects = [...seen.keys()].filter((subject) => !/\.[ac]\.\w+\.\w+$/.test(subject))
    assert.ok(subjects.some((subject) => /\.a\.\w+$/.test(subject)))
    for (const subject of subjects) for (const bomb of BOMBS) await send(subject, bomb)
    assert.equal(await pool.run(double, 2), 4)
    assert.ok(process.memoryUsage().heapUsed - before < 300 * MB)
    await pool.close()
    await stranger.close()
    await workers.drain(500)
  })

  it('a frame that would inflate is refused by workers, which live on', LIMIT, async () => {
    await using broker = await Broker.start(LARGE)
    const workers = await runWorker({ servers: broker.url, workers: 2, modules: [TASKS] })
    const { agent } = workers.status()
    const stranger = await connect({ servers: broker.url })
    const answers: string[] = []
    stranger.subscribe('mh.default.c.*.*', {
      callback: (_, { data }) => void answers.push(Buffer.from(data).toString('latin1')),
    })
    for (const [i, [body, why]] of FRAMES.entries()) {
      const [open, client] = [`session${i}`, `client${i}`]
      const request = { open, client, wire: WIRE_VERSION, id: 1, slot: 0, concurrency: 1 }
      const answer = await stranger.request(`mh.default.a.${agent}`, JSON.stringify(request))
      assert.deepEqual(answer.json(), { ok: true })
      stranger.publish(`mh.default.a.${agent}.${open}`, encodePacket(0, 1, 0, encodeFrameMessage(body)))
      await until(() => answers.some((text) => text.includes(`invalid frame: ${why}`)))
    }
    await stranger.close()
    const pool = new Pool({ backend: nats({ servers: broker.url }) })
    assert.equal(await pool.run(double, 1), 2)
    await pool.close()
    await workers.drain(500)
  })

  it('a frame that would inflate costs a client one of its sessions at most', LIMIT, async () => {
    await using broker = await Broker.start(LARGE)
    const workers = await runWorker({ servers: broker.url, workers: 2, modules: [TASKS] })
    const stranger = await connect({ servers: broker.url, noEcho: true })
    const seen = await eavesdrop(stranger)
    const pool = new Pool({ backend: nats({ servers: broker.url }) })
    const enough = new AbortController()
    let count = 0
    const inputs = (function* () {
      while (!enough.signal.aborted) yield count++
    })()
    const lost: string[] = []
    const onEvent = (event: RunEvent): void =>
      void (event.type === 'worker-exit' && lost.push(String(event.death?.cause)))
    const values = pool.map(inputs, slowly, { onEvent }).toArray()
    for (const [i, [body]] of FRAMES.entries()) {
      while (lost.length <= i) {
        for (const [subject, last] of seen) {
          // A worker that is lost while it loads its module counts against the module.
          if (!/\.c\.\w+\.\w+$/.test(subject) || last < 10) continue
          stranger.publish(subject, encodePacket(0, last + 1, 0, encodeFrameMessage(body)))
          await stranger.flush()
        }
        await sleep(5)
      }
    }
    enough.abort()
    assert.deepEqual(await values, numbers(count).doubled)
    assert.ok(
      lost.every((why) => /it sent an invalid frame/.test(why)),
      lost.join(),
    )
    await pool.close()
    await stranger.close()
    await workers.drain(500)
  })
})
