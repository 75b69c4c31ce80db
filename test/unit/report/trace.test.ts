import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'

import { digestLog } from '#manyhands/report/followed-log.js'
import type { TraceEvent } from '#manyhands/report/trace/trace-events.js'
import { Tracks } from '#manyhands/report/trace/tracks.js'
import { isTrace, writeTrace } from '#manyhands/report/trace/write-trace.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { LineFile, writeMadeLog } from '../../pages/support/made-log.js'

interface Trace {
  readonly traceEvents: readonly TraceEvent[]
}

function traced(scratch: Scratch, log: string, name: string): Trace {
  const file = scratch.file(name)
  writeTrace(file, log, undefined)
  const bytes = readFileSync(file)
  return JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as Trace
}

/** Spans, by the thread that they are on. */
function threadsOf({ traceEvents }: Trace): Map<number, TraceEvent[]> {
  const threads = new Map<number, TraceEvent[]>()
  for (const event of traceEvents)
    if (event.ph === 'X') threads.set(event.tid, [...(threads.get(event.tid) ?? []), event])
  return threads
}

/** Fails unless the spans of a thread nest: two either hold one another, or are apart. */
function nests(spans: readonly TraceEvent[]): void {
  const open: number[] = []
  const sorted = spans.toSorted((a, b) => (a.ts ?? 0) - (b.ts ?? 0) || (b.dur ?? 0) - (a.dur ?? 0))
  for (const { ts = 0, dur = 0, name } of sorted) {
    while (open.length > 0 && (open.at(-1) as number) <= ts) open.pop()
    assert.ok(open.length === 0 || ts + dur <= (open.at(-1) as number), `${name} at ${ts} overlaps`)
    open.push(ts + dur)
  }
}

describe('the trace of a run', () => {
  it('follows the rules of its format, and tells the times that a report tells', () => {
    using scratch = new Scratch()
    const log = scratch.file('log.jsonl')
    writeMadeLog(log, 4_000)
    const trace = traced(scratch, log, 'run.trace.json')
    for (const { ph, pid, tid, name, ts, dur } of trace.traceEvents) {
      assert.equal(typeof name, 'string')
      assert.ok(Number.isSafeInteger(pid) && Number.isSafeInteger(tid))
      if (ph !== 'M') assert.ok(Number.isSafeInteger(ts) && (ts as number) >= 0, `${name} at ${ts}`)
      if (ph === 'X') assert.ok(Number.isSafeInteger(dur) && (dur as number) >= 0, `${name} for ${dur}`)
    }
    const threads = threadsOf(trace)
    for (const spans of threads.values()) nests(spans)
    const view = digestLog(log).view({ state: 'ended', exitCode: 0 })
    assert.equal(threads.size, view.lanes.length)
    const attempts = trace.traceEvents.filter(({ ph, cat }) => ph === 'X' && cat !== 'step')
    assert.equal(attempts.length, view.attempts)
    const ms = attempts.reduce((sum, { dur = 0 }) => sum + dur, 0) / 1_000
    assert.ok(Math.abs(ms - view.busy) < view.attempts * 0.002, `${ms} instead of ${view.busy}`)
    const names = trace.traceEvents.filter(({ name }) => name === 'thread_name').map(({ args }) => args?.['name'])
    assert.ok(names.includes('run') && names.includes('worker 008'), names.join())
    for (const name of ['worker dies', 'worker starts', 'end of the run', 'tasks', 'memory of worker 003'])
      assert.ok(
        trace.traceEvents.some((event) => event.name === name),
        name,
      )
    const failed = attempts.find(({ cat }) => cat === 'failed')
    assert.match(String(failed?.args?.['error']), /^SyntaxError: unknown JPEG marker/)
  })

  it('is compressed if its name says so, and known as one of ours', () => {
    using scratch = new Scratch()
    const log = scratch.file('log.jsonl')
    writeMadeLog(log, 2_000)
    assert.deepEqual(traced(scratch, log, 'a.json.gz'), traced(scratch, log, 'a.json'))
    assert.ok(statSync(scratch.file('a.json.gz')).size * 5 < statSync(scratch.file('a.json')).size)
    assert.deepEqual([isTrace(scratch.file('a.json')), isTrace(scratch.file('a.json.gz'))], [true, true])
    const other = scratch.file('b.json')
    writeFileSync(other, '{"traceEvents":[]}')
    assert.deepEqual([isTrace(other), isTrace(scratch.file('none.json'))], [false, false])
  })

  it('puts what a worker ran at once on threads of their own, and tells the last run of a log', () => {
    using scratch = new Scratch()
    const log = scratch.file('log.jsonl')
    const file = new LineFile(log)
    const about = { key: 'sha256:1', input: 'x', attempt: 1, state: 'ok', worker: 1 }
    const head = { type: 'run', code: 'c', host: 'h', started: 1_000 }
    file.add({ ...head, run: 'old' })
    file.add({ ...about, task: 9, start: 1_000, ms: 50 })
    file.add({ ...head, run: 'new' })
    file.add({ type: 'worker', event: 'start', worker: 1, slot: 0, pid: 1, host: 'h', at: 1_000 })
    for (let task = 0; task < 9; task++) file.add({ ...about, task, start: 1_000 + task * 10, ms: 25 })
    file.add({ ...about, task: 10, start: null, ms: null })
    file.add({
      task: 11,
      count: 2,
      state: 'ok',
      keys: Buffer.alloc(32).toString('base64'),
      of: 'value',
      start: 1_200,
      ms: 1,
      worker: 1,
    })
    file.close()
    const trace = traced(scratch, log, 'run.json')
    const threads = threadsOf(trace)
    assert.deepEqual([...threads.keys()], [1, 2, 3])
    for (const spans of threads.values()) nests(spans)
    const spans = trace.traceEvents.filter(({ ph }) => ph === 'X')
    assert.deepEqual(
      spans.map(({ name }) => name).toSorted(),
      [...Array.from({ length: 9 }, (_, task) => `#${task}`), '#11 to #12'].toSorted(),
    )
  })

  it('survives a log in which anything stands for texts, times and steps', () => {
    using scratch = new Scratch()
    const log = scratch.file('log.jsonl')
    const file = new LineFile(log)
    file.add({
      type: 'run',
      run: 'r',
      code: 'c',
      host: 'h',
      started: 1e15,
      name: 5,
      functions: [{ steps: [7] }],
      env: 'x',
    })
    file.add({ type: 'sample', at: -1e300, running: {}, rss: 'x', memory: [1, [2, {}], [0, 5]] })
    file.add({
      task: 1,
      key: 'k',
      attempt: 1,
      state: 'failed',
      start: 1e15,
      ms: 5,
      worker: 1,
      steps: ['a', -1, 1e9],
      error: 4,
    })
    file.add({
      task: 2,
      key: 'k',
      input: '\u202E\u0000'.repeat(500),
      attempt: 1,
      state: 'ok',
      start: 0,
      ms: 5,
      worker: 1,
    })
    file.close()
    const trace = traced(scratch, log, 'run.json')
    for (const spans of threadsOf(trace).values()) nests(spans)
    assert.doesNotMatch(JSON.stringify(trace), /\u202E/)
  })
})

describe('the lanes of a trace', () => {
  it('take spans in any order, cut what overlaps by rounding, and never overlap', () => {
    const tracks = new Tracks()
    assert.deepEqual(tracks.place(0, 100, 200), { lane: 0, from: 100, to: 200 })
    assert.deepEqual(tracks.place(0, 300, 400), { lane: 0, from: 300, to: 400 })
    assert.deepEqual(tracks.place(0, 199, 301), { lane: 0, from: 200, to: 300 })
    assert.deepEqual(tracks.place(0, 0, 1_000), { lane: 1, from: 0, to: 1_000 })
    assert.deepEqual(tracks.place(1, 0, 1_000), { lane: 0, from: 0, to: 1_000 })
    for (let i = 0; i < 10_000; i++) assert.equal(tracks.place(2, i * 10, i * 10 + 9).lane, 0)
    assert.equal(tracks.place(2, 5, 8).lane, 1)
  })
})
