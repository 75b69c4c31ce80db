import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Cache } from 'manyhands/cache'

import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { type BackendName, check } from './check.js'
import { build, evaluate, graphs, type GraphCase, type Outcome } from './graphs.js'

const RUNS: Readonly<Record<BackendName, number>> = { serial: 200, threads: 100, processes: 30 }

async function outcomesOf(graph: GraphCase, backend: BackendName, ordered: boolean, cache?: Cache): Promise<Outcome[]> {
  const { window, batch } = graph
  const outcomes: Outcome[] = []
  for await (const record of build(graph).run({ backend, window, batch, ordered, workers: 2, cache }).settled()) {
    assert.equal(record.index, outcomes.length)
    if (record.status === 'fulfilled') outcomes.push({ value: record.value })
    else outcomes.push({ error: (record.reason.cause as Error).message })
  }
  return outcomes
}

/** Which of several failures a gathered item tells of depends on which came first. */
function shown(outcomes: readonly Outcome[]): string[] {
  return outcomes.map((one) => ('value' in one ? String(one.value) : 'failed'))
}

/** The properties of one backend. */
export function workflows(backend: BackendName): void {
  describe(`a random graph gives what a plain program does: ${backend}`, () => {
    it('a workflow gives results in order, with failures in their places', async () => {
      await check(
        graphs,
        async (graph) => {
          const expected = evaluate(graph)
          if (expected === undefined) await failure(outcomesOf(graph, backend, true))
          else assert.deepEqual(shown(await outcomesOf(graph, backend, true)), shown(expected))
        },
        RUNS[backend],
      )
    })

    it('a workflow gives the same from a cache, whose plan is all hits if nothing failed', async () => {
      await check(
        graphs,
        async (graph) => {
          const expected = evaluate(graph)
          if (expected === undefined) return
          using scratch = new Scratch()
          const cache = new Cache(scratch.file('cache'))
          const outcomes = async (): Promise<string[]> => shown(await outcomesOf(graph, backend, true, cache))
          assert.deepEqual(await outcomes(), shown(expected))
          assert.deepEqual(await outcomes(), shown(expected))
          if (graph.steps.some(({ bad }) => bad >= 0)) return
          const { nodes } = await build(graph).plan({ cache })
          for (const { name, run, unknown } of nodes)
            assert.deepEqual({ name, run, unknown }, { name, run: 0, unknown: 0 })
        },
        RUNS[backend] / 5,
      )
    })

    it('an unordered workflow gives the same items', async () => {
      await check(
        graphs,
        async (graph) => {
          const expected = evaluate(graph)
          if (expected === undefined) return
          const outcomes = await outcomesOf(graph, backend, false)
          assert.deepEqual(shown(outcomes).sort(), shown(expected).sort())
        },
        RUNS[backend] / 2,
      )
    })
  })
}
