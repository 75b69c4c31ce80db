import assert from 'node:assert/strict'
import { readdirSync, rmSync } from 'node:fs'
import { describe, it } from 'node:test'

import { Cache } from 'manyhands/cache'
import { nats } from 'manyhands/nats'
import { pipeline } from 'manyhands/pipeline'

import { Scratch } from '#manyhands/testing/scratch.js'

import { until } from '../support/until.js'
import { withCluster } from './support/cluster.js'
import { marked, starts } from './tasks.js'

const LIMIT = { timeout: 180_000 }

/** A step that waits for a file, and whose result is kept. */
const flow = pipeline<{ n: number }>('flow').step('value', ['n'], marked, { cache: true })

describe('results of steps that are kept, and losses', () => {
  it('a worker that is killed while it computes keeps nobody from computing', LIMIT, async () => {
    await withCluster(1, async ({ url }) => {
      using scratch = new Scratch()
      using folder = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const options = { backend: nats({ servers: url }), cache, config: folder.folder, batch: 1 }
      // The second waits for what the first computes, or the other way round.
      const results = flow.run([{ n: 1 }, { n: 1 }], options)
      results.start()
      await until(() => starts(folder.folder).length === 1)
      process.kill(starts(folder.folder)[0] as number, 'SIGKILL')
      await until(() => starts(folder.folder).length === 2)
      folder.touch('go')
      const values = (await results).map((r) => r.ok && r.clip.value)
      assert.deepEqual(values, [1, 1])
      const { misses, stored, hits, joined } = cache.stats()
      assert.deepEqual({ misses, stored, found: hits + joined }, { misses: 1, stored: 1, found: 1 })
    })
  })

  it('a broker that is killed, and restarted without its data, costs a wait', LIMIT, async () => {
    await withCluster(1, async (broker) => {
      using scratch = new Scratch()
      using folder = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const options = { backend: nats({ servers: broker.url }), cache, config: folder.folder }
      const results = flow.run([{ n: 1 }, { n: 2 }], { ...options, batch: 1 })
      results.start()
      await until(() => starts(folder.folder).length === 2)
      await broker.kill()
      folder.touch('go')
      await broker.restart({ forget: true })
      assert.ok((await results).every(({ ok }) => ok))
      // What had to wait for too long is computed all the same, and not kept.
      const { misses, stored, unstorable } = cache.stats()
      assert.equal(stored + unstorable, 2)
      assert.equal(misses, 2)
    })
  })

  it('a run that is cancelled lets go of what it was to compute', LIMIT, async () => {
    await withCluster(1, async ({ url }) => {
      using scratch = new Scratch()
      using folder = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const options = { backend: nats({ servers: url }), cache, config: folder.folder }
      const cancelled = flow.run([{ n: 1 }], options)
      cancelled.start()
      await until(() => starts(folder.folder).length === 1)
      cancelled.cancel()
      for (const mark of readdirSync(folder.folder)) rmSync(folder.file(mark))
      const again = flow.run([{ n: 1 }], options)
      again.start()
      await until(() => starts(folder.folder).length === 1)
      folder.touch('go')
      const [one] = await again
      assert.equal(one?.ok, true)
      assert.equal(cache.stats().stored, 1)
    })
  })
})
