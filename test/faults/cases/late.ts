import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'

import { map, Pool, type RunEvent } from 'manyhands'

import { type CaseFunction, markOf } from '../case.js'

/** Leaves an error behind, which comes after its result. */
export function leave(kind: string): string {
  if (kind === 'rejection') setTimeout(() => void Promise.reject(new Error('late rejection')), 20)
  if (kind === 'throw')
    setTimeout(() => {
      throw new RangeError('late throw')
    }, 20)
  if (kind === 'null') setTimeout(() => void Promise.reject(null), 20)
  return kind
}

/** The same, and takes long enough for the origin to be kept. */
export function leaveBehind(kind: string): string {
  const until = performance.now() + 1
  while (performance.now() < until);
  return leave(kind)
}

function lateWarnings(): { texts: string[]; until: (count: number) => Promise<void> } {
  const texts: string[] = []
  let wake = (): void => {}
  process.on('warning', (warning: Error & { code?: string }) => {
    if (warning.code !== 'MH_LATE_ERROR') return
    texts.push(warning.message)
    wake()
  })
  const until = async (count: number): Promise<void> => {
    while (texts.length < count) await new Promise<void>((resolve) => (wake = resolve))
  }
  return { texts, until }
}

/** F14: an error after the result is told with the task that it came from; nobody is charged, this process lives. */
export const afterTheResult: CaseFunction = async ({ backend }) => {
  const late = lateWarnings()
  const pool = new Pool({ backend, workers: 1 })
  for (const [i, kind] of ['rejection', 'throw', 'null'].entries()) {
    const run = pool.map(['fine', kind, 'fine'], leaveBehind)
    assert.deepEqual(await run, ['fine', kind, 'fine'])
    // Something has to keep this process alive while it waits.
    const alive = setInterval(() => {}, 1_000)
    await late.until(i + 1)
    clearInterval(alive)
    assert.equal(await pool.run(leaveBehind, 'fine'), 'fine')
  }
  assert.match(late.texts[0] ?? '', /leaveBehind\[1\].*late rejection/s)
  assert.match(late.texts[1] ?? '', /leaveBehind\[1\].*late throw/s)
  assert.equal(pool.stats().failed, 0)
  await pool.close()
}

export async function slow(input: { readonly kind: string; readonly seen: string }): Promise<string> {
  leave(input.kind)
  if (input.kind !== 'slow') return input.kind
  // Outlasts the error that the task before left behind.
  await new Promise((resolve) => setTimeout(resolve, 150))
  writeFileSync(input.seen, '')
  return input.kind
}

/** F15: an error that a task left behind while another runs costs that one nothing. */
export const whileAnotherRuns: CaseFunction = async ({ backend, folder }) => {
  const late = lateWarnings()
  const seen = markOf(folder, 'seen')
  const events: RunEvent[] = []
  const inputs = [
    { kind: 'rejection', seen },
    { kind: 'slow', seen },
    { kind: 'throw', seen },
    { kind: 'slow', seen },
  ]
  const outcomes = await map(inputs, slow, { backend, workers: 1, onEvent: (event) => events.push(event) })
  assert.deepEqual(outcomes, ['rejection', 'slow', 'throw', 'slow'])
  assert.ok(existsSync(seen))
  assert.equal(events.filter((event) => event.type === 'failed' || event.type === 'retry').length, 0)
  const told = events.filter((event) => event.type === 'late-error')
  // So short a task may have no context that its error could be told by: then it is nobody's.
  for (const [i, event] of told.entries()) assert.ok([undefined, i * 2].includes(event.task?.index))
  assert.equal(told.length, 2)
  await late.until(2)
}

/** While the task itself still runs the error is its own. */
export const whileItRuns: CaseFunction = async ({ backend }) => {
  const outcomes = await map(
    ['throw', 'rejection', 'fine'],
    async (kind) => {
      leaveBehind(kind)
      if (kind === 'fine') return kind
      return new Promise<string>(() => {})
    },
    { backend, workers: 1, onError: (error) => (error.cause as Error).message },
  )
  assert.deepEqual(outcomes, ['late throw', 'late rejection', 'fine'])
}
