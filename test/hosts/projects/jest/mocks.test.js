import { basename } from 'node:path'

import { afterEach, expect, jest, test } from '@jest/globals'

import { map, Pool, task } from '../helper/library.mjs'

jest.unstable_mockModule('./factor.js', () => ({ factor: () => 100, FACTOR: 7 }))
jest.unstable_mockModule('./mocked.js', () => ({ mocked: jest.fn(() => 5) }))
const { scaled, Shape, TAU } = await import('./shapes.js')
const { FACTOR } = await import('./factor.js')
const { mocked } = await import('./mocked.js')

afterEach(() => void jest.useRealTimers())

for (const backend of ['threads', 'processes', 'serial']) {
  test(`${backend}: modules as the test sees them`, async () => {
    expect(scaled(1)).toEqual([100, 7])
    expect(await map([1], scaled, { backend })).toEqual([[100, 7]])
    expect(await map([2], (x) => [scaled(x), FACTOR, TAU, new Shape().sides, basename('/a/b')], { backend })).toEqual([
      [[200, 14], 7, 6.28, 4, 'b'],
    ])
  })

  test(`${backend}: mock functions are refused`, async () => {
    const message = /cannot send "mocked" \(captured at mocks\.test\.js:\d+\): it is a mock of the test runner/
    await expect(map([1], () => mocked(), { backend })).rejects.toThrow(message)
    await expect(map([1], mocked, { backend })).rejects.toThrow(/mock of the test runner/)
    await expect(map([1], jest.fn(), { backend })).rejects.toThrow(/at mocks\.test\.js:\d+\): it is a mock/)
  })

  test(`${backend}: fake timers`, async () => {
    jest.useFakeTimers()
    // Tasks that run here see the fakes, too.
    const wait = backend === 'serial' ? (x) => x : (x) => new Promise((resolve) => setTimeout(resolve, 1, x))
    expect(await map([1, 2], wait, { backend, retries: 1, timeout: 60_000, progress: () => {} })).toEqual([1, 2])
    const pool = new Pool({ backend, workers: 1 })
    expect(await pool.run(wait, 3)).toBe(3)
    const endless = () => new Promise(() => {})
    await expect(pool.run(task(endless, { timeout: 20 })())).rejects.toMatchObject({ name: 'TaskTimeoutError' })
    await expect(pool.map([1], endless, { deadline: 20 })).rejects.toMatchObject({ name: 'TaskAbortedError' })
    await expect(pool.queue().pop({ timeout: 20 })).rejects.toMatchObject({ name: 'TimeoutError' })
    await pool.close()
  })
}

test('mocks work where nothing is copied', async () => {
  expect(await map([1], () => mocked(), { backend: 'serial', copy: false })).toEqual([5])
  expect(mocked).toHaveBeenCalledTimes(1)
})
