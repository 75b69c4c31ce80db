import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as path } from 'node:path'

import { map } from 'manyhands'
import { Cache } from 'manyhands/cache'
import { apply, flatMap, join, source, type WorkflowNode } from 'manyhands/workflow'

import type { Figures, Workload } from './workload.ts'

const COUNT = 100_000
const SAMPLE_MS = 20
const increment = (x: number): number => x + 1

/** What a workflow costs beside its functions: microseconds an item and node over those of `map`, and memory. */
export const workflows: Workload = {
  title: `${COUNT.toLocaleString('en')} inputs through three nodes of a no-op: microseconds an item and node over map`,
  main: 'stagesOverMap',
  better: 'less',
  systems: ['manyhands threads'],
  async measure() {
    const items = Array.from({ length: COUNT }, (_, i) => i)
    const mapped = await best(COUNT, () => read(map(items, increment, { workers: 2 })))
    const through = async (node: WorkflowNode<unknown>, calls: number): Promise<number> =>
      (await best(calls, () => read(node.run({ workers: 2 })))) - mapped
    const alone = { retries: 1 }
    const staged = apply(increment, alone)(apply(increment, alone)(apply(increment, alone)(items)))
    return {
      map: mapped,
      chainOverMap: await through(apply(increment)(apply(increment)(apply(increment)(items))), 3 * COUNT),
      stagesOverMap: await through(staged, 3 * COUNT),
      joinOverMap: await through(
        join((a: number, b: number) => a * b)(items.slice(0, 1_000), items.slice(0, 100)),
        COUNT,
      ),
      flatMapOverMap: await through(
        apply(increment)(flatMap((x: number) => Array(10).fill(x) as number[])(items.slice(0, 10_000))),
        COUNT,
      ),
      ...(await cached(items.slice(0, 20_000))),
      peakMiB: await peak(),
    }
  },
}

async function cached(items: readonly number[]): Promise<Figures> {
  const folder = mkdtempSync(path(tmpdir(), 'manyhands-bench-'))
  try {
    const node = apply(increment)(items)
    const run = (): Promise<number> =>
      microseconds(items.length, () => read(node.run({ workers: 2, cache: new Cache(folder) })))
    return {
      miss: await run(),
      hit: await run(),
      plan: await microseconds(items.length, () => node.plan({ cache: new Cache(folder) })),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Memory over what there was before, while a million items of a generator go through three nodes. */
async function peak(): Promise<number> {
  globalThis.gc?.()
  const idle = process.memoryUsage.rss()
  let most = idle
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), SAMPLE_MS)
  const million = source(function* () {
    for (let i = 0; i < 1_000_000; i++) yield i
  })
  const alone = { retries: 1 }
  await read(apply(increment, alone)(apply(increment, alone)(apply(increment, alone)(million))).run({ workers: 2 }))
  clearInterval(timer)
  return (Math.max(most, process.memoryUsage.rss()) - idle) / 1_048_576
}

async function read(results: { batches(): AsyncIterable<unknown[]> }): Promise<void> {
  for await (const batch of results.batches()) void batch
}

/** Of three runs: in the first one code is still being compiled. */
async function best(count: number, run: () => Promise<unknown>): Promise<number> {
  const all: number[] = []
  for (let i = 0; i < 3; i++) all.push(await microseconds(count, run))
  return Math.min(...all)
}

async function microseconds(count: number, run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return ((performance.now() - start) * 1_000) / count
}
