import assert from 'node:assert/strict'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { runWorker } from 'manyhands/nats'

import { Scratch } from '#manyhands/testing/scratch.js'
import type { ClusterState, LiveState } from '#manyhands/view/live/messages.js'

import { drawn, openBrowser, violations } from '../pages/support/browser.js'
import { openLive, serve, statesOf } from '../pages/support/live.js'
import { Broker } from '../support/broker.js'

const STEPS = fileURLToPath(new URL('./flow-steps.js', import.meta.url))

it(
  'the dashboard of a cluster tells of its workers, and of a broker that is gone and comes back',
  { timeout: 120_000 },
  async () => {
    using folder = new Scratch()
    await using broker = await Broker.start()
    const workers = await runWorker({ servers: broker.url, workers: 2, modules: [STEPS] })
    try {
      await using served = await serve(folder.folder, ['--server', broker.url])
      assert.equal(served.url.pathname, '/cluster')
      const states = statesOf(served, 'cluster')
      const { agents, group, servers } = await clusterUntil(states, (one) => one.agents.length > 0)
      assert.deepEqual([group, servers], ['default', broker.url])
      assert.deepEqual([agents[0]?.slots, agents[0]?.busy, agents[0]?.modules.length], [2, 0, 1])
      await broker.kill()
      const gone = await clusterUntil(states, (one) => one.problem !== undefined)
      // The state before is still shown.
      assert.equal(gone.agents[0]?.slots, 2)
      await broker.restart()
      await clusterUntil(states, (one) => one.problem === undefined && one.agents.length === 1)
      assert.equal(await served.interrupt(), 0)
    } finally {
      await workers.drain(0)
    }
  },
)

/** Reads states until one is as it is expected. */
async function clusterUntil(
  states: AsyncGenerator<LiveState, void>,
  isRight: (cluster: ClusterState) => boolean,
): Promise<ClusterState> {
  for (;;) {
    const { value } = await states.next()
    if (value?.of !== 'cluster') throw new Error(`expected a cluster, got ${JSON.stringify(value)}`)
    if (isRight(value.cluster)) return value.cluster
  }
}

it(
  'the cluster page of a dashboard breaks no rule of accessibility and is not too wide, light and dark',
  { timeout: 300_000 },
  async () => {
    using folder = new Scratch()
    await using broker = await Broker.start()
    const workers = await runWorker({ servers: broker.url, workers: 2, modules: [STEPS] })
    const browser = await openBrowser()
    try {
      await using served = await serve(folder.folder, ['--server', broker.url])
      for (const colorScheme of ['light', 'dark'] as const)
        for (const width of [360, 1_400]) {
          await using open = await openLive(browser, served, { colorScheme, viewport: { width, height: 900 } })
          const { page, events } = open
          await page.locator('#agents tbody tr').waitFor()
          await drawn(page)
          assert.deepEqual(await violations(page), [], `${colorScheme}, ${width} pixels`)
          const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
          assert.ok(over <= 0, `${width} pixels: ${over} pixels too wide`)
          assert.deepEqual(events, [])
        }
    } finally {
      await browser.close()
      await workers.drain(0)
    }
  },
)
