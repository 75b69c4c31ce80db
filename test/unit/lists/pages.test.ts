import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import type { CacheOptions } from '#manyhands/cache/cache.js'
import type { WrapOptions } from '#manyhands/cache/wrap.js'
import { RUN_FLAGS } from '#manyhands/cli/flags/run-flags.js'
import type { NatsOptions } from '#manyhands/cluster/nats-settings.js'
import type { WorkerOptions } from '#manyhands/cluster/run-worker.js'
import * as manyhands from '#manyhands/index.js'
import type { PoolStats, ProgressState, RunEvent, RunStats, WorkerStats } from '#manyhands/index.js'
import type { PipelineOptions } from '#manyhands/pipeline/pipeline-options.js'
import type { StepOptions } from '#manyhands/pipeline/step-options.js'
import { BACKENDS } from '#manyhands/pool/backend/registry.js'
import type { GatherOptions } from '#manyhands/workflow/define/node-options.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const options = readFileSync(join(root, 'docs/options.md'), 'utf8')
const errors = readFileSync(join(root, 'docs/errors.md'), 'utf8')

/** The row of a table of docs/options.md that begins with a cell. */
function row(cell: string): string {
  const [, rest] = options.split(`\n| ${cell} | `)
  assert.ok(rest, `docs/options.md has no row ${cell}`)
  return rest.split('\n')[0] as string
}

/** The names in `{ a, b, c }`, the first after a text. */
function fields(text: string, after = ''): readonly string[] {
  const braces = /\{ ([\w, ]+) \}/.exec(text.slice(text.indexOf(after)))
  return braces?.[1]?.split(', ') ?? []
}

describe('docs/options.md', () => {
  it('has each event of onEvent', () => {
    const events: Record<RunEvent['type'], true> = {
      start: true,
      done: true,
      hit: true,
      retry: true,
      failed: true,
      'late-error': true,
      'worker-start': true,
      'worker-exit': true,
    }
    const told = [...row('`onEvent`').matchAll(/`([\w-]+)`/g)].map(([, name]) => name)
    assert.deepEqual(told.toSorted(), Object.keys(events).toSorted())
    const comment = readFileSync(join(root, 'src/settings/run-options.ts'), 'utf8').split('readonly onEvent')[0] ?? ''
    for (const name of Object.keys(events)) assert.ok(comment.split('/**').at(-1)?.includes(`\`${name}\``), name)
  })

  it('has each counter of a run', () => {
    const stats: Record<keyof RunStats, true> = {
      done: true,
      cached: true,
      failed: true,
      retried: true,
      running: true,
      waiting: true,
      read: true,
      elapsedMs: true,
      endedBy: true,
    }
    assert.deepEqual(fields(row('`stats()`')).toSorted(), Object.keys(stats).toSorted())
  })

  it('has all of the state that a progress function is given', () => {
    const state: Record<keyof ProgressState, true> = {
      done: true,
      failed: true,
      running: true,
      total: true,
      rate: true,
      elapsedMs: true,
      etaMs: true,
    }
    assert.deepEqual(fields(row('`progress`')).toSorted(), Object.keys(state).toSorted())
  })

  it('has all that stats() of a pool tells', () => {
    const worker: Record<keyof WorkerStats, true> = {
      id: true,
      slot: true,
      pid: true,
      state: true,
      done: true,
      memory: true,
      task: true,
    }
    const pool: Record<keyof PoolStats, true> = {
      workers: true,
      queued: true,
      running: true,
      done: true,
      failed: true,
      retried: true,
      restarts: true,
      queues: true,
      runMs: true,
    }
    const told = options.split('\n| `stats()` | ')[2]?.split('\n')[0] ?? ''
    assert.deepEqual(fields(told).toSorted(), Object.keys(worker).toSorted())
    for (const name of Object.keys(pool)) assert.match(told, new RegExp(`\`${name}[\`:]`))
  })

  it('has each backend that a name stands for', () => {
    const quoted = BACKENDS.map((name) => `\`'${name}'\``)
    assert.ok(options.includes(`where tasks run: ${quoted.join(', ')}, or a backend object`))
    assert.ok(options.includes(`| \`MANYHANDS_BACKEND\` | ${BACKENDS.map((name) => `\`${name}\``).join(', ')} |`))
  })
})

describe('the page of a part', () => {
  /** Lists that do not compile when an option is missing. */
  const steps: Record<keyof StepOptions, true> = {
    timeout: true,
    retries: true,
    retryDelay: true,
    cache: true,
    version: true,
    ignore: true,
  }
  const pipelines: Record<Exclude<keyof PipelineOptions, keyof manyhands.MapOptions>, true> = {
    steps: true,
    pool: true,
    pick: true,
  }
  const nodes: Record<keyof GatherOptions, true> = {
    name: true,
    cache: true,
    version: true,
    ignore: true,
    timeout: true,
    retries: true,
    local: true,
    missing: true,
  }
  const wrapped: Record<keyof WrapOptions, true> = { version: true, ignore: true, key: true, ttl: true, codec: true }
  const caches: Record<keyof CacheOptions, true> = { maxBytes: true, maxAge: true }
  const brokers: Record<keyof NatsOptions, true> = {
    servers: true,
    group: true,
    user: true,
    pass: true,
    token: true,
    nkey: true,
    creds: true,
    tls: true,
    maxQueue: true,
  }
  const workers: Record<Exclude<keyof WorkerOptions, keyof NatsOptions>, true> = {
    workers: true,
    modules: true,
    allowCode: true,
    allowSkew: true,
    onEvent: true,
  }
  for (const [file, whose, all] of [
    ['pipelines', 'a step', steps],
    ['pipelines', 'a run of a pipeline', pipelines],
    ['workflows', 'a node', nodes],
    ['cache', 'cache.wrap', wrapped],
    ['cache', 'a cache', caches],
    ['cluster', 'nats()', brokers],
    ['cluster', 'runWorker()', workers],
  ] as const) {
    it(`has each option of ${whose}: docs/${file}.md`, () => {
      const page = readFileSync(join(root, 'docs', `${file}.md`), 'utf8')
      const code = [...page.matchAll(/```.*?```|`[^`]+`/gs)].join('\n')
      assert.deepEqual(
        Object.keys(all).filter((name) => !new RegExp(`\\b${name}\\b`).test(code)),
        [],
      )
    })
  }
})

describe('the help of the command', () => {
  it('has each backend that a name stands for', () => {
    for (const name of BACKENDS) assert.match(RUN_FLAGS.on.help, new RegExp(`\\b${name}\\b`))
  })
})

describe('docs/errors.md', () => {
  const classes = Object.entries(manyhands).filter(
    ([name, value]) =>
      name !== 'ManyhandsError' &&
      typeof value === 'function' &&
      (value as { prototype?: unknown }).prototype instanceof manyhands.ManyhandsError,
  )

  it('has each class of error, and no other', () => {
    const told = [...errors.matchAll(/^\| `(\w+Error)` \|/gm)].map(([, name]) => name)
    assert.deepEqual(told.toSorted(), classes.map(([name]) => name).toSorted())
  })

  it('has each code of an error or a warning, and no other', () => {
    const source = join(root, 'src')
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
    const used = files.flatMap((path) => readFileSync(join(source, path), 'utf8').match(/(?<=')MH_[A-Z_]+(?=')/g) ?? [])
    const told = errors.match(/(?<=`)MH_[A-Z_]+(?=`)/g) ?? []
    assert.deepEqual([...new Set(told)].toSorted(), [...new Set(used)].toSorted())
  })
})
