import { expect, test } from 'vitest'

import { map, Pool } from '../helper/library.mjs'

/** Runs of all kinds in an environment that puts the timers, events and classes of a browser in the place of Node's. */
export function testsInBrowser(): void {
  for (const backend of ['threads', 'processes', 'serial'] as const) {
    test(`${backend}: runs beside the globals of a browser`, async () => {
      expect(document.nodeName).toBe('#document')
      const flaky = (x: number): number => {
        const tries = globalThis as { tries?: number }
        tries.tries = (tries.tries ?? 0) + 1
        if (tries.tries === 1) throw new RangeError('once')
        return x
      }
      const options = { backend, workers: 1, retries: 1, timeout: 60_000, stallTimeout: 60_000, progress: () => {} }
      expect(await map([1, 2], flaky, options)).toEqual([1, 2])
      const pool = new Pool({ backend, workers: 1 })
      try {
        // jsdom has a Uint8Array of its own.
        const made = await pool.run((url: URL) => [url.host, new Uint8Array([1, 2])] as const, new URL('http://a.b/'))
        expect([made[0], ...made[1]]).toEqual(['a.b', 1, 2])
        const objects = Array.from({ length: 100 }, (_, i) => ({ i, text: `t${i}` }))
        expect(await pool.map(objects, ({ i, text }) => ({ i, text, bytes: 2 * i }))).toHaveLength(100)
        const controller = new AbortController()
        const endless = pool.map([1], () => new Promise(() => {}), { signal: controller.signal })
        const ended = expect(endless).rejects.toThrow('enough')
        controller.abort(new Error('enough'))
        await ended
        const late = pool.map([1], () => new Promise(() => {}), { timeout: 20 })
        await expect(late).rejects.toMatchObject({ name: 'TaskTimeoutError' })
      } finally {
        await pool.close()
      }
    })
  }
}
