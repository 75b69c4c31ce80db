import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { map, withPool } from 'manyhands'

import { type CaseFunction, markOf } from '../case.js'
import { identity, untilAborted } from './inputs.js'

async function failure(promise: PromiseLike<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.fail('it did not fail'),
    (thrown: unknown) => thrown,
  )
}

/** F26: whenever it comes, the reason is the error, and no listener stays. */
export const anyTime: CaseFunction = async ({ backend, folder }) => {
  for (const [i, reason] of [new Error('enough'), 'a text', undefined, 0].entries()) {
    const expected = reason === undefined ? 'AbortError' : reason
    const same = (error: unknown): unknown =>
      assert.deepEqual(reason === undefined ? (error as Error).name : error, expected)
    const before = AbortSignal.abort(reason)
    same(await failure(map([1, 2], identity, { backend, signal: before })))
    const atStart = new AbortController()
    const started = map([1, 2], () => new Promise(() => {}), { backend, signal: atStart.signal }).start()
    atStart.abort(reason)
    same(await failure(started))
    const files = { started: markOf(folder, `started-${i}`), aborted: markOf(folder, `aborted-${i}`) }
    const midway = new AbortController()
    const run = failure(map([files, files], untilAborted, { backend, workers: 2, signal: midway.signal }))
    while (!existsSync(files.started)) await sleep(2)
    midway.abort(reason)
    same(await run)
    while (!existsSync(files.aborted)) await sleep(2)
    const after = new AbortController()
    assert.deepEqual(await map([1, 2], identity, { backend, signal: after.signal }), [1, 2])
    after.abort(reason)
    for (const { signal } of [atStart, midway, after]) assert.equal(getEventListeners(signal, 'abort').length, 0)
  }
}

/** F26: one signal for very many runs. */
export const manyRuns: CaseFunction = async ({ backend }) => {
  const warnings: string[] = []
  process.on('warning', (warning) => warnings.push(warning.message))
  const { signal } = new AbortController()
  await withPool({ backend, workers: 1 }, async (pool) => {
    for (let i = 0; i < 2_000; i++) await pool.map([i], identity, { signal })
    await Promise.all(Array.from({ length: 50 }, (_, i) => pool.map([i], identity, { signal })))
  })
  assert.equal(getEventListeners(signal, 'abort').length, 0)
  assert.deepEqual(warnings, [])
}

/** F26: while inputs are awaited, or tasks block. */
export const whileBlocked: CaseFunction = async ({ backend, folder }) => {
  async function* neverMore(): AsyncGenerator<number> {
    yield 1
    await new Promise(() => {})
  }
  const waiting = new AbortController()
  const run = map(neverMore(), identity, { backend, signal: waiting.signal })
  assert.equal((await run.next()).value, 1)
  const next = failure(run.next())
  waiting.abort('no more')
  assert.equal(await next, 'no more')
  if (backend === 'serial') return
  const file = markOf(folder, 'blocked')
  const block = async (path: string): Promise<never> => {
    const { writeFileSync } = await import('node:fs')
    writeFileSync(path, '')
    for (;;);
  }
  const blocked = new AbortController()
  const result = failure(map([file, file], block, { backend, workers: 2, signal: blocked.signal }))
  while (!existsSync(file)) await sleep(2)
  const at = performance.now()
  blocked.abort('stop')
  assert.equal(await result, 'stop')
  assert.ok(performance.now() - at < 1_000)
}
