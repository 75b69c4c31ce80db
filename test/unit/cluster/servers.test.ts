import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { BackendError, map } from 'manyhands'
import { nats, runWorker } from 'manyhands/nats'

import { failure } from '#manyhands/testing/contract/subject.js'

import { FakeBroker } from '../../support/fake-broker.js'

const INFO = { server_id: 'A', version: '2.10.1', proto: 1, max_payload: 2 ** 20, headers: true, jetstream: true }

async function refusedBy(info: object): Promise<string[]> {
  await using broker = await FakeBroker.start({ ...INFO, ...info }, 'PONG')
  const servers = broker.url
  const errors = [
    await failure(map([1], Math.sqrt, { backend: nats({ servers }) })),
    await failure(runWorker({ servers, modules: ['node:path'] })),
  ]
  return errors.map((error) => {
    assert.ok(error instanceof BackendError)
    return error.message
  })
}

describe('servers that will not do', () => {
  it('are refused where they are too old', async () => {
    for (const version of ['2.8.4', '1.4.1', '0.9.6'])
      for (const message of await refusedBy({ version }))
        assert.equal(message, `the NATS server is version ${version}: manyhands needs 2.9 or later`)
  })

  it('are refused where they have no JetStream', async () => {
    for (const message of await refusedBy({ jetstream: false }))
      assert.match(
        message,
        /^the NATS server at \S+ runs without JetStream: start it with "nats-server -js", or with .*$/,
      )
  })
})
