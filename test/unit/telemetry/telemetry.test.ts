import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'

import { metrics, SpanStatusCode, trace } from '@opentelemetry/api'
import {
  AggregationTemporality,
  type DataPoint,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { map, Pool } from 'manyhands'
import { telemetry } from 'manyhands/telemetry'

import { registerSdk } from './fixtures/sdk.js'

const spans = registerSdk()
const exported = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const reader = new PeriodicExportingMetricReader({ exporter: exported, exportIntervalMillis: 2 ** 30 })
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))

const numbers = Array.from({ length: 1_000 }, (_, i) => i)

/** The spans of the run, and those below it. */
function ofRun(name: string): { run: ReadableSpan; attempts: ReadableSpan[] } {
  const finished = spans.getFinishedSpans()
  const run = finished.find((span) => span.name === `manyhands.run ${name}`)
  assert.ok(run, `no span of ${name}`)
  return {
    run,
    attempts: finished.filter(({ parentSpanContext }) => parentSpanContext?.spanId === run.spanContext().spanId),
  }
}

/** The sums of a metric of a function, by an attribute. */
async function sums(metric: string, fn: string, by: string): Promise<Record<string, number>> {
  exported.reset()
  await reader.forceFlush()
  const found = exported.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
  const points: readonly DataPoint<unknown>[] = found
    .filter(({ descriptor }) => descriptor.name === metric)
    .flatMap(({ dataPoints }) => dataPoints as DataPoint<unknown>[])
  return Object.fromEntries(
    points
      .filter(({ attributes }) => attributes['manyhands.function'] === fn)
      .map(({ attributes, value }) => [
        String(attributes[by]),
        typeof value === 'number' ? value : (value as { count: number }).count,
      ]),
  )
}

describe('telemetry of runs', () => {
  beforeEach(() => spans.reset())

  it('has a span of the run below the span of its caller, and attempts below it, failures with their errors', async () => {
    const tracer = trace.getTracer('test')
    await tracer.startActiveSpan('request', async (request) => {
      const fragile = (n: number): number => {
        if (n % 100 === 7) throw new RangeError(`no ${n}`)
        return n
      }
      await map(numbers, fragile, {
        backend: 'threads',
        workers: 2,
        onError: 'return',
        observe: telemetry(),
        name: 'fragile',
      })
      request.end()
      const { run, attempts } = ofRun('fragile')
      assert.equal(run.parentSpanContext?.spanId, request.spanContext().spanId)
      assert.deepEqual(
        ['manyhands.tasks.ok', 'manyhands.tasks.failed', 'manyhands.tasks.total', 'manyhands.run.backend'].map(
          (name) => run.attributes[name],
        ),
        [990, 10, 1_000, 'threads'],
      )
      const failed = attempts.filter(({ status }) => status.code === SpanStatusCode.ERROR)
      assert.deepEqual(
        failed.map(({ attributes }) => attributes['manyhands.task.index']).toSorted((a, b) => Number(a) - Number(b)),
        numbers.filter((n) => n % 100 === 7),
      )
      assert.ok(
        failed.every(
          ({ attributes, events }) => attributes['error.type'] === 'RangeError' && events[0]?.name === 'exception',
        ),
      )
      const traced = attempts.reduce((sum, { attributes }) => sum + Number(attributes['manyhands.tasks'] ?? 1), 0)
      assert.equal(traced + Number(run.attributes['manyhands.attempts.untraced']), 1_000)
      for (const { startTime, endTime } of attempts)
        assert.ok(ms(startTime) >= ms(run.startTime) - 1 && ms(endTime) <= ms(run.endTime) + 1)
    })
  })

  it('has as many spans of attempts as asked for', async () => {
    const double = (n: number): number => 2 * n
    const spanned = async (name: string, spansOption: Parameters<typeof telemetry>[0]): Promise<number> => {
      await map(numbers, double, { backend: 'threads', workers: 1, observe: telemetry(spansOption), name })
      return ofRun(name).attempts.length
    }
    assert.equal(await spanned('all', { spans: 'all' }), 1_000)
    assert.equal(await spanned('run', { spans: 'run' }), 0)
    assert.ok((await spanned('few', { spans: { perRun: 3 } })) <= 3)
    assert.equal(await spanned('long', { spans: { over: 3_600_000 } }), 0)
    assert.equal(ofRun('long').run.attributes['manyhands.attempts.untraced'], 1_000)
  })

  it('has the spans of retries side by side, with the number of the attempt', async () => {
    const { currentTask } = await import('manyhands')
    const second = (): number => {
      if (currentTask().attempt === 1) throw new Error('not yet')
      return 1
    }
    await map([1], second, { backend: 'serial', retries: 1, observe: telemetry(), name: 'second' })
    const { attempts } = ofRun('second')
    assert.deepEqual(
      attempts.map(({ attributes }) => attributes['manyhands.task.attempt']),
      [1, 2],
    )
  })

  for (const backend of ['threads', 'processes', 'serial'] as const)
    it(`is the parent of spans that tasks make, on ${backend}`, async () => {
      const { spanned } = await import('./fixtures/traced-task.js')
      const made = await map([1, 2, 3], spanned, { backend, workers: 2, observe: telemetry(), name: backend })
      const { run } = ofRun(backend)
      const { traceId, spanId } = run.spanContext()
      for (const { given } of made) assert.equal(given, `00-${traceId}-${spanId}-01`)
      // This thread has the SDK of the test: the task's own, with its exporter, is that of the workers.
      if (backend !== 'serial')
        assert.deepEqual(
          made.map((one) => [one.traceId, one.parent]),
          made.map(() => [traceId, spanId]),
        )
      else
        assert.equal(
          spans
            .getFinishedSpans()
            .filter(({ name, parentSpanContext }) => name.startsWith('step') && parentSpanContext?.spanId === spanId)
            .length,
          3,
        )
    })

  it('has the parent that is given, such as TRACEPARENT', async () => {
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await map([1], (n: number) => n, { backend: 'serial', observe: telemetry({ parent }), name: 'given' })
    const { parentSpanContext } = ofRun('given').run
    assert.deepEqual([parentSpanContext?.traceId, parentSpanContext?.spanId], parent.split('-').slice(1, 3))
  })

  it('counts tasks, retries and durations, of runs and of single calls', async () => {
    const { currentTask } = await import('manyhands')
    const counted = (n: number): number => {
      if (n === 3 || (n === 4 && currentTask().attempt === 1)) throw new Error('no')
      return n
    }
    const options = {
      backend: 'threads',
      workers: 2,
      retries: 1,
      onError: 'return',
      name: 'counted',
    } as const
    await map(numbers, counted, { ...options, observe: telemetry() })
    await map(numbers, counted, { ...options, observe: telemetry() })
    assert.deepEqual(await sums('manyhands.tasks', 'counted', 'manyhands.state'), { ok: 1_998, failed: 2 })
    assert.deepEqual(await sums('manyhands.retries', 'counted', 'manyhands.backend'), { threads: 4 })
    assert.ok(((await sums('manyhands.task.duration', 'counted', 'manyhands.backend'))['threads'] ?? 0) > 0)
    const pool = new Pool({ backend: 'threads', workers: 1, observe: telemetry() })
    await Promise.all([1, 2, 5].map((n) => pool.run(counted, n)))
    await pool.close()
    assert.equal((await sums('manyhands.tasks', 'run', 'manyhands.state'))['ok'], 3)
  })

  it('never tells of inputs', async () => {
    const secret = 'the-secret-input'
    await map([secret], (text: string) => text.length, {
      backend: 'serial',
      observe: telemetry({ spans: 'all' }),
      name: 'quiet',
    })
    assert.doesNotMatch(
      JSON.stringify(spans.getFinishedSpans().map(({ name, attributes, events }) => ({ name, attributes, events }))),
      new RegExp(secret),
    )
  })

  it('refuses options that are not what they must be', () => {
    const refused = (options: unknown, message: RegExp): void =>
      assert.throws(() => telemetry(options as object), { code: 'MH_INVALID_ARGUMENT', message })
    refused({ spans: 'some' }, /expected 'all', 'run' or \{ perSecond, perRun, over \}, got 'some'/)
    refused({ spans: { perSecond: -1 } }, /spans\.perSecond: expected a number, 0 or more/)
    refused({ spans: { persecond: 1 } }, /expected perSecond, perRun or over/)
  })
})

function ms([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1_000 + nanoseconds / 1e6
}
