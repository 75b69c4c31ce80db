import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

import { thorough } from '../../support/thorough.js'

const ROUNDS = thorough ? 10_000 : 2_000

test(`captures leave nothing behind: ${ROUNDS} of a new 1 MB array each`, () => {
  const script = `
    import { capture } from '#manyhands/task/capture/capture.js'
    import { revive } from '#manyhands/runtime/revive/revive.js'
    const make = () => { const data = new Float64Array(131_072); return (i) => data[i] }
    const round = async () => {
      const { functions } = await revive(await capture([make()]))
      if (functions[0](5) !== 0) throw new Error('wrong')
    }
    // Buffers are given back some time after they were collected: the least of several looks counts.
    const memory = async () => {
      let least = Infinity
      for (let look = 0; look < 10; look++) {
        gc()
        await new Promise((resolve) => setImmediate(resolve))
        const { heapUsed, arrayBuffers } = process.memoryUsage()
        least = Math.min(least, heapUsed + arrayBuffers)
      }
      return least
    }
    for (let i = 0; i < 500; i++) await round()
    const before = await memory()
    for (let i = 0; i < ${ROUNDS}; i++) { await round(); if (i % 500 === 0) gc() }
    console.log((await memory()) - before)
  `
  const args = ['--expose-gc', '--input-type=module', '-e', script]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  assert.equal(stderr, '')
  assert.ok(Number(stdout) < 8 * 1024 * 1024, `grew by ${stdout.trim()} bytes`)
})

test('what the program prints is not kept', () => {
  const script = `
    import { capture } from '#manyhands/task/capture/capture.js'
    const k = 1
    await capture([() => k])
    const refs = []
    const print = () => { const thing = { list: new Array(10).fill(1) }; refs.push(new WeakRef(thing)); console.debug(thing) }
    for (let i = 0; i < 50; i++) print()
    await new Promise((resolve) => setImmediate(resolve))
    gc()
    console.error(refs.filter((ref) => ref.deref() !== undefined).length)
  `
  const { stderr } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], {
    encoding: 'utf8',
    // Collecting coverage keeps an inspector open by itself.
    env: { ...process.env, NODE_V8_COVERAGE: undefined },
  })
  assert.equal(stderr.trim(), '0')
})
