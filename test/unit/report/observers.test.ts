import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'

import { map, Pool, type RunObserver } from 'manyhands'
import { Cache } from 'manyhands/cache'
import { pipeline } from 'manyhands/pipeline'
import { digest, htmlReport, jsonReport, markdownReport, traceFile, type View } from 'manyhands/report'
import { apply, stream } from 'manyhands/workflow'

import { htmlPage } from '#manyhands/report/html-page.js'
import type { TraceEvent } from '#manyhands/report/trace/trace-events.js'
import { Scratch } from '#manyhands/testing/scratch.js'

const numbers = Array.from({ length: 2_000 }, (_, i) => i)

/** Fails for each hundredth input: always, or only at its first attempt. */
async function fragile(n: number): Promise<number> {
  const { currentTask } = await import('manyhands')
  if (n % 100 === 7) throw new Error(`cannot take ${n}`)
  if (n % 100 === 9 && currentTask().attempt === 1) throw new RangeError('not yet')
  return n
}

function view(file: string): View {
  return JSON.parse(readFileSync(file, 'utf8')) as View
}

/** The warnings of the process while a function runs. */
async function warningsOf(run: () => Promise<unknown>): Promise<(Error & { code?: string })[]> {
  const warnings: Error[] = []
  const note = (warning: Error): number => warnings.push(warning)
  process.on('warning', note)
  await run()
  // Warnings are emitted in the next turn.
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', note)
  return warnings
}

describe('reports of runs of the library', () => {
  it('tell what the cache had, in the view, as text and in the page', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const [html, md, json] = ['run.html', 'run.md', 'run.json'].map((name) => scratch.file(name)) as [
      string,
      string,
      string,
    ]
    const slow = async (n: number): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      return n
    }
    const options = { workers: 2, cache }
    await map([1, 2, 3, 4, 5, 6], slow, options)
    const observe = [htmlReport(html), markdownReport(md), jsonReport(json)]
    await map([1, 2, 3, 4, 7, 7], slow, { ...options, observe })
    const { cache: totals, states, bins } = view(json)
    assert.deepEqual([totals?.hits, totals?.joined, totals?.misses, states.cached], [4, 1, 1, 5])
    assert.equal(
      bins.cached.reduce((sum, n) => sum + n, 0),
      5,
    )
    assert.ok(totals !== undefined && totals.savedMs > 0 && totals.waitedMs > 0)
    assert.match(readFileSync(md, 'utf8'), /^\| found .*\n.*\n\| 4 \| 1 \| 1 \|/m)
    assert.match(readFileSync(html, 'utf8'), /<section id="cache"/)
  })

  for (const backend of ['threads', 'processes', 'serial'] as const)
    it(`are written when the run is over, with the numbers of the run, on ${backend}`, async () => {
      using scratch = new Scratch()
      const [html, md, json, trace] = ['run.html', 'run.md', 'run.json', 'run.trace.json.gz'].map((name) =>
        scratch.file(name),
      ) as [string, string, string, string]
      const observe = [htmlReport(html), markdownReport(md), jsonReport(json), traceFile(trace)]
      await map(numbers, fragile, { backend, workers: 2, retries: 1, onError: 'return', observe, name: 'fragile' })
      const { states, attempts, recovered, kinds, run } = view(json)
      assert.deepEqual([states.ok, states.failed, attempts, recovered], [1_980, 20, 2_040, 20])
      assert.deepEqual(kinds.map(({ name, failed, tries }) => [name, failed, tries]).toSorted(), [
        ['Error', 20, 40],
        ['RangeError', 0, 20],
      ])
      assert.deepEqual([run.name, run.state, run.total], ['fragile', 'ended', 2_000])
      const [page = ''] = readFileSync(html, 'utf8').split('<script')
      assert.match(page, /20 failed/)
      assert.doesNotMatch(page, /manyhands (?:retry|debug|status)/, 'the command knows no run of the library')
      assert.match(readFileSync(md, 'utf8'), /1,980 of 2,000/)
      const { traceEvents } = JSON.parse(gunzipSync(readFileSync(trace)).toString()) as { traceEvents: TraceEvent[] }
      const failed = traceEvents.filter(({ ph, cat }) => ph === 'X' && cat === 'failed')
      assert.equal(failed.length, 60)
    })

  it('tell of each run of a pool, and of its single calls when it is closed', async () => {
    using scratch = new Scratch()
    const counts = digest()
    const observe = [jsonReport((run) => scratch.file(`${run.name}.json`)), counts]
    const pool = new Pool({ workers: 2, backend: 'threads', observe })
    await Promise.all([
      pool.map(numbers, (n: number) => n, { name: 'first' }),
      pool.map(numbers.slice(0, 300), (n: number) => n, { name: 'second' }),
      ...[1, 2, 3].map((n) => pool.run((x: number) => x, n)),
    ])
    assert.ok(!existsSync(scratch.file('run.json')), 'calls have no end before the pool has')
    await pool.close()
    const done = ['first', 'second', 'run'].map((name) => view(scratch.file(`${name}.json`)).states.ok)
    assert.deepEqual(done, [2_000, 300, 3])
    assert.ok(counts.view() !== undefined)
  })

  it('show the steps of a pipeline', async () => {
    const counts = digest()
    const sums = pipeline<{ n: number }>('sums')
      .step('double', ({ n }) => 2 * n)
      .step('check', ({ double }) => {
        if (double === 8) throw new RangeError('eight')
        return true
      })
    for await (const outcome of sums.run([{ n: 1 }, { n: 4 }, { n: 5 }], {
      backend: 'threads',
      workers: 1,
      observe: counts,
    }))
      void outcome
    const { steps, kinds } = counts.view() as View
    assert.deepEqual(
      steps.map(({ name, n, failed }) => [name, n, failed]),
      [
        ['double', 3, 0],
        ['check', 3, 1],
      ],
    )
    assert.equal(kinds[0]?.step, 'check')
  })

  it('show the graph of a workflow, with the time of each function', async () => {
    const counts = digest()
    const load = apply((n: number) => n + 1)(stream([1, 2, 3, 4]))
    const twice = apply((n: number) => 2 * n)(load)
    const sum = apply((a: number, b: number) => {
      if (b === 6) throw new RangeError('six')
      return a + b
    })
    await sum(load, twice).run({ backend: 'threads', workers: 2, onError: 'return', observe: counts })
    const { steps, edges, states, kinds, insights } = counts.view() as View
    assert.ok(insights)
    assert.deepEqual([states.ok, states.failed], [11, 1])
    assert.equal(steps.length, 3)
    assert.equal(
      steps.reduce((sum, { n }) => sum + n, 0),
      12,
    )
    const names = (edges ?? []).map(([from, to]) => `${steps[from]?.name} ${steps[to]?.name}`)
    assert.equal(names.length, 3)
    assert.deepEqual(
      kinds.map(({ step, failed }) => [step, failed]),
      [[steps.find(({ failed }) => failed === 1)?.name, 1]],
    )
    const page = htmlPage(counts.view() as View)
    assert.match(page, /<h2>Graph<\/h2>/)
  })

  it('are refused if their file cannot be written or holds something else', () => {
    using scratch = new Scratch()
    const own = scratch.file('notes.html')
    writeFileSync(own, '<p>mine</p>')
    const refused = (make: () => RunObserver, message: RegExp): void =>
      assert.throws(make, { code: 'MH_INVALID_ARGUMENT', message })
    refused(() => htmlReport(own), /exists and is no report of manyhands/)
    refused(() => htmlReport(scratch.file('run.txt')), /ends with \.html/)
    refused(() => markdownReport(scratch.file('run.html')), /ends with \.md/)
    refused(() => jsonReport(scratch.file('none/run.json')), /there is no folder/)
    refused(() => traceFile(scratch.file('run.trace')), /\.json or \.json\.gz/)
    refused(() => htmlReport(undefined as unknown as string), /expected the name of a file/)
    htmlReport(own, { force: true })
  })

  it('that cannot be written are a warning, and the run goes on', async () => {
    using scratch = new Scratch()
    const file = scratch.file('run.html')
    const observe = [htmlReport(file), traceFile(() => scratch.file('none/run.json'))]
    const warnings = await warningsOf(async () => {
      const run = map([1, 2, 3], (n: number) => n, { backend: 'serial', observe })
      writeFileSync(file, 'mine')
      assert.deepEqual(await run, [1, 2, 3])
    })
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['MH_REPORT', 'MH_REPORT'],
    )
    assert.equal(readFileSync(file, 'utf8'), 'mine')
  })
})
