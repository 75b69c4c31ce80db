import assert from 'node:assert/strict'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'

import { freePort } from '../support/broker.js'
import { ROOT } from './support/package.js'
import { endedWith, inProject, usePackage } from './support/project.js'

usePackage('tasks')

const SDK = `
import { appendFileSync } from 'node:fs'
import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'

const line = (span) => {
  const { traceId, spanId } = span.spanContext()
  const { name, parentSpanContext, status, attributes } = span
  return JSON.stringify({ name, traceId, spanId, parent: parentSpanContext?.spanId, status: status.code, attributes }) + '\\n'
}
const exporter = {
  export(spans, done) { appendFileSync('spans.jsonl', spans.map(line).join('')); done({ code: 0 }) },
  shutdown: async () => {},
}
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(new W3CTraceContextPropagator())
// It would send in an hour: what is held back must be sent at the end.
const processor = new BatchSpanProcessor(exporter, { scheduledDelayMillis: 3_600_000 })
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }))
`

const PACKAGES = ['api', 'sdk-trace-base', 'context-async-hooks', 'core', 'resources', 'semantic-conventions']

inProject(
  '--telemetry tells the SDK of the program, below TRACEPARENT; without the package it says which',
  async (project) => {
    await project.write(
      'half.mjs',
      'export const half = (n) => { if (Number(n) === 3) throw new RangeError("three"); return n / 2 }',
    )
    await project.write('sdk.mjs', SDK)
    const args = ['half.mjs#half', '1', '2', '3', '--telemetry']
    const without = await project.run(args)
    endedWith(without, 3)
    assert.match(
      without.stderr,
      /✖ --telemetry: the package @opentelemetry\/api cannot be found .*npm i @opentelemetry\/api\n/,
    )

    const modules = join(project.folder, '..', 'node_modules', '@opentelemetry')
    await mkdir(modules, { recursive: true })
    for (const name of PACKAGES)
      await symlink(join(ROOT, 'node_modules', '@opentelemetry', name), join(modules, name), 'junction')
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const env = {
      NODE_OPTIONS: `--import=${join(project.folder, 'sdk.mjs')}`,
      TRACEPARENT: `00-${traceId}-b7ad6b7169203331-01`,
    }
    endedWith(await project.start(['run', ...args], { env }).ended, 1)
    const spans = (await readFile(join(project.folder, 'spans.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as {
            name: string
            traceId: string
            spanId: string
            parent: string
            status: number
            attributes: object
          },
      )
    const run = spans.find(({ name }) => name === 'manyhands.run half')
    assert.equal(run?.parent, 'b7ad6b7169203331')
    assert.ok(spans.every((span) => span.traceId === traceId))
    const failed = spans.filter(({ name, status }) => name === 'half' && status === 2)
    assert.deepEqual(
      failed.map(({ parent }) => parent),
      [run.spanId],
    )
  },
)

inProject('--metrics serves figures for Prometheus while the run goes on', async (project) => {
  const port = await freePort()
  await project.write(
    'scrape.mjs',
    `export async function scrape(n) {
  const until = Date.now() + 60_000
  while (n === '2' && Date.now() < until) {
    const text = await (await fetch('http://127.0.0.1:${port}/metrics')).text()
    if (/state="ok"} 1\\n/.test(text)) return text
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return n
}`,
  )
  const ended = await project.run([
    'scrape.mjs#scrape',
    '1',
    '2',
    '-j',
    '1',
    '--batch',
    '1',
    '--metrics',
    `127.0.0.1:${port}`,
  ])
  endedWith(ended, 0)
  const [, text = '""'] = ended.stdout.split('\n')
  const samples = parsed(JSON.parse(text) as string)
  const about = 'function="scrape",backend="processes"'
  assert.equal(samples.get(`manyhands_tasks_total{${about},state="ok"}`), 1)
  assert.equal(samples.get(`manyhands_tasks_total{${about},state="failed"}`), 0)
  assert.equal(samples.get(`manyhands_task_duration_seconds_count{${about}}`), 1)
  assert.equal(samples.get(`manyhands_task_duration_seconds_bucket{${about},le="+Inf"}`), 1)

  const taken = createServer().listen(port, '127.0.0.1')
  const refused = await project.run(['scrape.mjs#scrape', '1', '--metrics', String(port)])
  taken.close()
  endedWith(refused, 3)
  assert.match(refused.stderr, /--metrics: cannot listen at 127\.0\.0\.1:\d+/)
})

/** Reads the text format of Prometheus by its rules: each name has its help and its type before its samples. */
function parsed(text: string): Map<string, number> {
  assert.ok(text.endsWith('\n'))
  const samples = new Map<string, number>()
  const types = new Map<string, string>()
  let [help, type] = ['', '']
  for (const line of text.trimEnd().split('\n')) {
    const [, helped] = /^# HELP ([a-z_]+) \S.*$/.exec(line) ?? []
    const [, typed, kind] = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line) ?? []
    if (helped !== undefined) {
      assert.ok(!types.has(helped), `${helped} comes twice`)
      help = helped
    } else if (typed !== undefined) {
      assert.equal(typed, help)
      types.set(typed, kind as string)
      type = typed
    } else {
      const [, name = '', labels = '', value = ''] =
        /^([a-z_]+)((?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})?) (\S+)$/.exec(line) ?? []
      const base = types.get(type) === 'histogram' ? name.replace(/_(?:bucket|sum|count)$/, '') : name
      assert.equal(base, type, line)
      assert.ok(!Number.isNaN(Number(value)), line)
      if (types.get(type) === 'counter') assert.match(name, /_total$/)
      samples.set(name + labels, Number(value))
    }
  }
  return samples
}
