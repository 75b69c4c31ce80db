import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { Offer } from '#manyhands/backends/nats/messages/offer.js'
import { AgentsView } from '#manyhands/backends/nats/sessions/agents-view.js'
import type { ClientHub } from '#manyhands/backends/nats/sessions/client-hub.js'
import { NatsLink } from '#manyhands/backends/nats/sessions/nats-link.js'
import { PoolShare } from '#manyhands/backends/nats/sessions/pool-share.js'
import type { WorkerDeath } from '#manyhands/errors/task-errors.js'

const SPEC = { id: 1, slot: 0, concurrency: 1, env: undefined, execArgv: undefined, resourceLimits: undefined }

describe('the way to a worker of an agent', () => {
  it('is given up at once where no agent has one, so that others take what waits for it', async () => {
    const view = new AgentsView()
    for (const agent of ['a', 'b']) view.offered({ agent, slots: 2 } as Offer)
    const asked: string[] = []
    const hub = {
      view,
      channel: () => ({ send() {}, close() {} }),
      enter() {},
      leave() {},
      request: (agent: string) => {
        asked.push(agent)
        return Promise.resolve('it has no worker to spare')
      },
    } as unknown as ClientHub
    const share = new PoolShare(view)
    const death = await new Promise<WorkerDeath>((exit) => {
      const events = { frame() {}, leaving() {}, exit }
      const link = new NatsLink(SPEC, events, { share, hub: Promise.resolve(hub), hold() {} })
      assert.equal(link.pid, undefined)
    })
    assert.equal(death.none, true)
    assert.deepEqual(asked.toSorted(), ['a', 'b'])
    // Until they say that they have some again.
    assert.equal(share.free, 0)
    view.offered({ agent: 'a', slots: 2 } as Offer)
    assert.equal(share.free, 2)
  })
})
