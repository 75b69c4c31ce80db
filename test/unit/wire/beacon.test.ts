import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'

import { Beacon } from '#manyhands/wire/protocol/beacon.js'

describe('a beacon', () => {
  it('hands out the items of a batch, each once', () => {
    const beacon = new Beacon(4)
    beacon.open(2, 77, 3)
    assert.deepEqual(
      [1, 2, 3, 4].map(() => beacon.claim(2)),
      [0, 1, 2, -1],
    )
    assert.equal(beacon.claim(3), -1)
  })

  it('takes back what was not claimed', () => {
    const beacon = new Beacon(4)
    beacon.open(0, 1, 10)
    beacon.claim(0)
    beacon.claim(0)
    assert.equal(beacon.revoke(0, 1), 2)
    assert.equal(beacon.claim(0), -1)
    assert.equal(beacon.revoke(0, 1), 2)
  })

  it('takes nothing of another batch back', () => {
    const beacon = new Beacon(4)
    beacon.open(0, 1, 2)
    assert.equal(beacon.revoke(0, 5), 0)
    assert.equal(beacon.claim(0), 0)
  })

  it('keeps a batch that was taken back before it arrived from beginning', () => {
    const beacon = new Beacon(4)
    assert.equal(beacon.revoke(0, 9), 0)
    beacon.open(0, 9, 5)
    assert.equal(beacon.claim(0), -1)
    beacon.open(0, 10, 5)
    assert.equal(beacon.claim(0), 0)
  })

  it('tells what runs and since when', () => {
    const beacon = new Beacon(4)
    beacon.open(1, 50, 3)
    beacon.open(7, 51, 3)
    beacon.enter(0, 1, 2, 1_000.5)
    beacon.enter(3, 7, 0, 2_000)
    const watcher = new Beacon(beacon.memory)
    assert.deepEqual(watcher.running(), [
      { batch: 50, offset: 2, startedAt: 1_000.5 },
      { batch: 51, offset: 0, startedAt: 2_000 },
    ])
    beacon.leave(0)
    assert.deepEqual(
      watcher.running().map(({ batch }) => batch),
      [51],
    )
    assert.equal(watcher.lanes, 4)
  })

  it('tells the step that an item is at, and until when it may run', () => {
    const beacon = new Beacon(3)
    const watcher = new Beacon(beacon.memory)
    const steps = (): (readonly [number | undefined, number | undefined])[] =>
      watcher.running().map(({ step, until }) => [step, until])
    assert.equal(watcher.lanes, 3)
    beacon.open(1, 50, 3)
    beacon.enter(2, 1, 0, 1_000)
    assert.deepEqual(steps(), [[undefined, undefined]])
    assert.equal(beacon.step(2, 1, 0, { number: 0, retried: 0, until: 1_500.5 }), true)
    assert.deepEqual(steps(), [[0, 1_500.5]])
    beacon.step(2, 1, 0, { number: 7, retried: 3, until: 0 })
    assert.deepEqual(steps(), [[7, undefined]])
    assert.equal(beacon.step(2, 1, 1, { number: 0, retried: 0, until: 1 }), false, 'another item is there')
    beacon.leave(2)
    assert.equal(beacon.step(2, 1, 0, { number: 0, retried: 0, until: 1 }), false, 'it was given up')
    beacon.enter(2, 1, 1, 2_000)
    assert.deepEqual(steps(), [[undefined, undefined]])
  })

  it('shows finished plain results, and no others', () => {
    const beacon = new Beacon(4)
    beacon.open(0, 5, 8)
    const values = [1.5, undefined, null, true, false, 'text', { a: 1 }, -0]
    for (const [item, value] of values.entries()) {
      beacon.claim(0)
      beacon.stage(0, item, value)
    }
    const shown = new Beacon(beacon.memory).staged().map(({ offset, value }) => [offset, value])
    assert.deepStrictEqual(shown, [
      [0, 1.5],
      [1, undefined],
      [2, null],
      [3, true],
      [4, false],
      [7, -0],
    ])
    beacon.open(0, 6, 8)
    assert.deepEqual(beacon.staged(), [])
  })

  it('gives no item to both sides, however they race', async () => {
    const beacon = new Beacon(1)
    const go = new Int32Array(new SharedArrayBuffer(8))
    const source = `
      const { parentPort, workerData } = require('node:worker_threads')
      import(workerData.module).then(({ Beacon }) => {
        const beacon = new Beacon(workerData.memory)
        parentPort.postMessage('ready')
        for (let round = 1; round <= workerData.rounds; round++) {
          while (Atomics.load(workerData.go, 0) < round);
          let claimed = 0
          while (beacon.claim(0) >= 0) claimed++
          Atomics.store(workerData.go, 1, claimed + round * 1000)
        }
      })`
    const rounds = 300
    const module = import.meta.resolve('#manyhands/wire/protocol/beacon.js')
    const worker = new Worker(source, { eval: true, workerData: { module, memory: beacon.memory, go, rounds } })
    await once(worker, 'message')
    for (let round = 1; round <= rounds; round++) {
      beacon.open(0, round, 500)
      Atomics.store(go, 0, round)
      for (let wait = 0; wait < round * 3; wait++) Atomics.load(go, 1)
      const begun = beacon.revoke(0, round)
      while (Math.floor(Atomics.load(go, 1) / 1_000) !== round);
      assert.equal(Atomics.load(go, 1) % 1_000, begun, `round ${round}`)
    }
    await once(worker, 'exit')
  })
})
