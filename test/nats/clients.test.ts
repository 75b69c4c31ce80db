import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect as connectTo, createServer } from 'node:net'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { connect } from '@nats-io/transport-node'
import { map, Pool, task, TimeoutError } from 'manyhands'
import { nats, runWorker } from 'manyhands/nats'

import { dial } from '#manyhands/backends/nats/connection/dial.js'
import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { Broker } from '../support/broker.js'
import { until } from '../support/until.js'
import { numbers, withCluster } from './support/cluster.js'
import { double, lengthOf, slowly, spin, zeros } from './tasks.js'

const LIMIT = { timeout: 180_000 }
/** Long beside the way of a task to its worker, also on a machine that has much to do. */
const LONG_MS = 40
const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const TASKS = fileURLToPath(new URL('./tasks.js', import.meta.url))

async function command(cwd: string, ...args: readonly string[]): Promise<{ code: number | null; err: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const [code] = (await once(child, 'exit')) as [number | null]
  return { code, err }
}

describe('clients of a cluster', () => {
  it('an attempt to connect that took too long is not the only one, however long it took', LIMIT, async () => {
    await using broker = await Broker.start()
    let attempts = 0
    // Hangs up twice, then leads to the broker.
    const gate = createServer((socket) => {
      if (++attempts < 3) return socket.destroy()
      return socket
        .on('error', () => {})
        .pipe(connectTo(broker.port, '127.0.0.1'))
        .on('error', () => {})
        .pipe(socket)
    })
    await once(gate.listen(0, '127.0.0.1'), 'listening')
    const { port } = gate.address() as AddressInfo
    const connection = await dial({ servers: [`nats://127.0.0.1:${port}`], group: 'default' }, 0)
    await connection.close()
    gate.close()
    assert.equal(attempts, 3)
  })

  it('a killed client goes on with --resume where it was', LIMIT, async () => {
    await withCluster(1, async ({ url }, [worker]) => {
      using scratch = new Scratch()
      const { inputs, doubled } = numbers(2_000)
      writeFileSync(scratch.file('inputs.jsonl'), inputs.join('\n'))
      const args = ['run', `${TASKS}#slowly`, '@inputs.jsonl', '--on', url, '-o', 'out.jsonl']
      const child = spawn(process.execPath, [MAIN, ...args], { cwd: scratch.folder, stdio: 'ignore' })
      const out = scratch.file('out.jsonl')
      const lines = (): number => (existsSync(out) ? readFileSync(out, 'utf8').split('\n').length : 0)
      await until(() => lines() >= 300)
      child.kill('SIGKILL')
      // Its workers are not kept for it.
      await worker?.told('returned', 2)
      const { code, err } = await command(scratch.folder, ...args, '--resume')
      assert.equal(code, 0, err)
      const results = readFileSync(out, 'utf8').trim().split('\n').map(Number)
      assert.deepEqual(results, doubled)
    })
  })

  it('a client waits if there is no worker, and says so; a deadline ends that', LIMIT, async () => {
    await using broker = await Broker.start()
    using scratch = new Scratch()
    const args = ['run', `${TASKS}#double`, '1', '--on', broker.url, '--group', 'empty', '--deadline', '3s']
    const { code, err } = await command(scratch.folder, ...args)
    assert.equal(code, 124)
    assert.match(err, /group "empty" at nats:.* has no worker.*manyhands worker --server/)
    const pool = new Pool({ backend: nats({ servers: broker.url }), maxQueue: 1 })
    const queue = pool.queue({ size: 1 })
    await queue.push(task(double)(1))
    assert.ok((await failure(queue.push(task(double)(2), { timeout: 50 }))) instanceof TimeoutError)
    await pool.terminate()
  })

  it('a client is told in one line that there is no broker', LIMIT, async () => {
    using scratch = new Scratch()
    const { code, err } = await command(scratch.folder, 'run', `${TASKS}#double`, '1', '--on', 'nats://127.0.0.1:1')
    assert.equal(code, 3)
    assert.match(err, /✖ no broker answers at nats:\/\/127\.0\.0\.1:1 .*manyhands broker/)
  })

  it('a client has each outcome once, however often messages come', LIMIT, async () => {
    await withCluster(1, async ({ url }) => {
      // Somebody who says everything again.
      const echo = await connect({ servers: url })
      let echoed = 0
      for (const subject of ['mh.default.c.*.*', 'mh.default.a.*.*']) {
        echo.subscribe(subject, {
          callback: (_, message) => {
            if (++echoed % 2 === 1) echo.publish(message.subject, message.data)
          },
        })
      }
      await echo.flush()
      const { inputs, doubled } = numbers(3_000)
      const backend = nats({ servers: url })
      // Single messages, and packets of several.
      assert.deepEqual(await map(inputs, slowly, { backend, batch: 3, window: 12 }), doubled)
      assert.ok(echoed > 1_000)
      assert.deepEqual(await map(inputs, slowly, { backend, batch: 3 }), doubled)
      await echo.close()
    })
  })

  it('garbage that strangers publish to all subjects of a group loses nothing', LIMIT, async () => {
    await withCluster(1, async ({ url }) => {
      const stranger = await connect({ servers: url })
      const seen = new Set<string>()
      for (const subject of ['mh.default.>']) {
        stranger.subscribe(subject, { callback: (_, message) => void seen.add(message.subject) })
      }
      const pool = new Pool({ backend: nats({ servers: url }) })
      assert.equal(await pool.run(double, 1), 2)
      const garbage = [
        '',
        '{',
        '[1]',
        '{"open":1}',
        '{"sync":[[{}]],"from":3}',
        '\u0000'.repeat(9),
        '\u0004'.repeat(2_000),
      ]
      for (let round = 0; round < 200; round++) {
        for (const subject of seen) {
          // A session whose channel is told nonsense is lost: of the others nothing is.
          if (/\.[ac]\.\w+\.\w+$/.test(subject)) continue
          for (const text of garbage) stranger.publish(subject, text, { reply: 'mh.default.nowhere' })
        }
      }
      await stranger.flush()
      const { inputs, doubled } = numbers(500)
      assert.deepEqual(await pool.map(inputs, double), doubled)
      await pool.close()
      await stranger.close()
    })
  })

  it('clients share workers by the time that each has had', LIMIT, async () => {
    await withCluster(1, async ({ url }) => {
      const [long, short] = [nats({ servers: url }), nats({ servers: url })]
      const hog = map(
        Array.from({ length: 4_000 }, () => 10),
        spin,
        { backend: long },
      )
      hog.start()
      await hog.next()
      await map([10, 10, 10, 10], spin, { backend: short })
      const { done } = hog.stats()
      hog.cancel()
      assert.ok(done < 1_000, `${done} of 4000 tasks of the other client came first`)
    })
  })

  it('items of a higher priority come first, whichever client has them', LIMIT, async () => {
    await withCluster(
      1,
      async ({ url }) => {
        await using pool = new Pool({ backend: nats({ servers: url }) })
        await pool.run(double, 1)
        const low = map(Array<number>(10_000).fill(LONG_MS), spin, { backend: nats({ servers: url }), batch: 1 })
        low.start()
        await low.next()
        const meanwhile = async (priority: number): Promise<number> => {
          const before = low.stats().done
          await pool.map(Array<number>(20).fill(LONG_MS), spin, { batch: 1, priority })
          return low.stats().done - before
        }
        // Until both have had as much time.
        while ((await meanwhile(0)) < 15);
        const others = await meanwhile(5)
        low.cancel()
        assert.ok(others < 8, `${others}`)
      },
      '-n',
      '1',
    )
  })

  it('a client that cancels reaches running tasks, and leaves nothing behind', LIMIT, async () => {
    await using broker = await Broker.start()
    const workers = await runWorker({ servers: broker.url, workers: 2, modules: [TASKS] })
    const pool = new Pool({ backend: nats({ servers: broker.url }) })
    const controller = new AbortController()
    const run = failure(pool.map([60_000, 60_000], spin, { signal: controller.signal }))
    await until(() => workers.status().busy >= 2)
    controller.abort(new Error('enough'))
    await run
    await until(() => workers.status().busy === 0)
    assert.deepEqual(await pool.map([new Uint8Array(3_000_000)], lengthOf), [3_000_000])
    assert.equal((await pool.run(zeros, 3_000_000)).length, 3_000_000)
    await pool.close()
    await until(() => workers.status().sessions === 0)
    // Payloads on their way are gone when they have arrived.
    const admin = await connect({ servers: broker.url })
    const { jetstreamManager } = await import('@nats-io/jetstream')
    const manager = await jetstreamManager(admin)
    const messages = async (): Promise<number> => (await manager.streams.info('OBJ_mh_default')).state.messages
    await until(async () => (await messages()) === 0)
    await admin.close()
    await workers.drain(100)
  })
})
