import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { InvalidArgumentError } from '#manyhands/errors/argument-errors.js'
import { availableWorkers } from '#manyhands/options/workers.js'
import { type PoolOptions, readPoolOptions } from '#manyhands/settings/pool-settings.js'
import { MAP_CHECKS, readMapOptions, readRunOptions } from '#manyhands/settings/run-settings.js'
import { availableCores } from '#manyhands/util/available-cores.js'

function refusal(read: () => unknown): InvalidArgumentError {
  try {
    read()
  } catch (error) {
    assert.ok(error instanceof InvalidArgumentError, String(error))
    return error
  }
  return assert.fail('nothing was refused')
}

describe('unknown options', () => {
  for (const [option, nearest, read] of [
    ['worker', 'workers', readMapOptions],
    ['timeOut', 'timeout', readMapOptions],
    ['orderd', 'ordered', readMapOptions],
    ['retry', 'retries', readRunOptions],
    ['maxTask', 'maxTasks', readPoolOptions],
    ['maxmemory', 'maxMemory', readPoolOptions],
    // Words of other tools.
    ['n_jobs', 'workers', readMapOptions],
    ['nJobs', 'workers', readPoolOptions],
    ['jobs', 'workers', readMapOptions],
    ['processes', 'workers', readMapOptions],
    ['parallelism', 'workers', readMapOptions],
    ['maxThreads', 'workers', readPoolOptions],
    ['chunksize', 'batch', readMapOptions],
    ['chunk', 'batch', readMapOptions],
    ['task_timeout', 'timeout', readMapOptions],
    ['bounded', 'window', readMapOptions],
    ['maxsize', 'window', readMapOptions],
    ['pre_dispatch', 'window', readMapOptions],
    ['is_unordered', 'ordered', readMapOptions],
    ['exceptionBehaviour', 'onError', readMapOptions],
    ['on_error', 'onError', readMapOptions],
    ['stopOnError', 'onError', readMapOptions],
    ['attempts', 'retries', readMapOptions],
    ['maxTasksPerChild', 'maxTasks', readPoolOptions],
    ['initializer', 'init', readPoolOptions],
    ['max_queue_size', 'maxQueue', readPoolOptions],
  ] as const) {
    it(`name the nearest right one: ${option}`, () => {
      const error = refusal(() => read({ [option]: 1 }))
      assert.equal(error.option, option)
      assert.equal(error.nearest, nearest)
      assert.match(error.message, new RegExp(`unknown option "${option}".*Did you mean "${nearest}"\\?$`))
      assert.equal(error.code, 'MH_INVALID_ARGUMENT')
    })
  }

  it('name none where none is near', () => {
    const error = refusal(() => readMapOptions({ sandwiches: 3 }))
    assert.equal(error.nearest, undefined)
    assert.doesNotMatch(error.message, /Did you mean/)
    assert.match(error.expected, /workers, /)
  })

  it('are found inside of options, too', () => {
    assert.equal(refusal(() => readMapOptions({ retries: { times: 1, dely: 5 } })).nearest, 'delay')
    assert.equal(refusal(() => readMapOptions({ progress: { lable: 'x' } })).nearest, 'label')
    assert.equal(
      refusal(() => readPoolOptions({ resourceLimits: { maxOldGenerationSize: 1 } })).nearest,
      'maxOldGenerationSizeMb',
    )
  })

  it('are those that objects inherit, too', () => {
    for (const option of ['constructor', 'toString', '__proto__'])
      assert.equal(refusal(() => readMapOptions(JSON.parse(`{"${option}":1}`))).option, option)
  })

  it('the options of execute are args and skip', () => {
    assert.equal(refusal(() => readRunOptions({ args: [] })).option, 'args')
    assert.equal(refusal(() => readRunOptions({ skip: () => true })).option, 'skip')
  })
})

describe('wrong values of options', () => {
  for (const [option, value, nearest] of [
    ['backend', 'processses', 'processes'],
    ['backend', 'process', 'processes'],
    ['backend', 'threading', 'threads'],
    ['backend', 'sequential', 'serial'],
    ['onError', 'ignore', 'return'],
    ['onError', 'raise', 'throw'],
    ['onError', 'deferred', 'collect'],
    ['onError', 'thorw', 'throw'],
    ['logs', 'silent', 'off'],
    ['logs', 'order', 'ordered'],
    ['batch', 'automatic', 'auto'],
    ['fallback', true, 'serial'],
  ] as const) {
    it(`name the nearest right one: ${option}: ${value}`, () => {
      const error = refusal(() => readMapOptions({ [option]: value }))
      assert.equal(error.nearest, nearest)
      assert.match(error.message, new RegExp(`Did you mean "${nearest}"\\?$`))
    })
  }

  it('name none where none is near', () => {
    assert.equal(refusal(() => readMapOptions({ backend: 'gpu' })).nearest, undefined)
    assert.equal(refusal(() => readMapOptions({ onError: 7 })).nearest, undefined)
  })
})

describe('values of options', () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ['backend', 'thread'],
    ['backend', {}],
    ['backend', null],
    ['copy', 'no'],
    ['workers', 0],
    ['workers', 1.5],
    ['workers', '4'],
    ['workers', Number.NaN],
    ['workers', Infinity],
    ['concurrency', 0],
    ['concurrency', 5_000],
    ['concurrency', 1.5],
    ['ordered', 1],
    ['batch', 0],
    ['batch', 'large'],
    ['window', 0],
    ['window', -1],
    ['timeout', 0],
    ['timeout', -5],
    ['timeout', '300'],
    ['timeout', '0%'],
    ['timeout', '%'],
    ['stallTimeout', 0],
    ['deadline', 0],
    ['halt', 'later,fail=1'],
    ['halt', 'now,fail=0'],
    ['halt', 'now,done=101%'],
    ['cache', {}],
    ['journal', ''],
    ['rate', 0],
    ['memfree', '1X'],
    ['retries', -1],
    ['retries', 1.5],
    ['retries', {}],
    ['retries', { times: 1, factor: 'x' }],
    ['workerDeaths', -1],
    ['onError', 'ignore'],
    ['onError', 5],
    ['skip', true],
    ['spread', 'yes'],
    ['priority', Number.NaN],
    ['priority', 'high'],
    ['args', 5],
    ['args', 'abc'],
    ['share', '1X'],
    ['share', true],
    ['share', -1],
    ['signal', {}],
    ['progress', 'bar'],
    ['progress', { stream: 5 }],
    ['total', -1],
    ['observe', 5],
    ['observe', [null]],
    ['onEvent', {}],
    ['logs', 'all'],
    ['logs', {}],
    ['fallback', 'threads'],
    ['fallback', true],
    ['debug', 1],
    ['inspect', 'yes'],
    ['name', 5],
  ]
  for (const [option, value] of wrong) {
    it(`are refused: ${option}: ${JSON.stringify(value) ?? String(value)}`, () => {
      const error = refusal(() => readMapOptions({ [option]: value }))
      assert.ok(
        error.option === option || error.option.startsWith(`${option}.`) || error.option === 'factor',
        error.option,
      )
      assert.notEqual(error.expected, '')
    })
  }

  it('have a wrong one above for each option of map', () => {
    const tried = new Set(wrong.map(([option]) => option))
    assert.deepEqual(
      Object.keys(MAP_CHECKS).filter((option) => !tried.has(option)),
      [],
    )
  })

  const wrongForPools: Readonly<Record<keyof PoolOptions, unknown>> = {
    backend: 'thread',
    workers: 0,
    concurrency: 5_000,
    maxQueue: 0,
    init: 'init',
    initTimeout: 0,
    env: { PORT: 80 },
    execArgv: '--expose-gc',
    resourceLimits: { stackSizeMb: 0 },
    maxTasks: 0,
    maxMemory: '1X',
    idleTimeout: -1,
    logs: 'all',
    observe: 'all',
  }
  for (const [option, value] of Object.entries(wrongForPools)) {
    it(`are refused by a pool: ${option}: ${JSON.stringify(value)}`, () => {
      assert.match(refusal(() => readPoolOptions({ [option]: value })).option, new RegExp(`^${option}\\b`))
    })
  }

  it('are shown short and with their type', () => {
    assert.match(refusal(() => readMapOptions({ workers: 'x'.repeat(1_000) })).received, /^'x+.*\(string\)$/s)
    assert.ok(refusal(() => readMapOptions({ workers: 'x'.repeat(1_000) })).message.length < 300)
    assert.equal(refusal(() => readMapOptions({ workers: () => 1 })).received, 'the function workers')
    assert.equal(refusal(() => readMapOptions({ workers: null })).received, 'null')
  })

  it('name the word that was probably meant', () => {
    assert.match(refusal(() => readMapOptions({ onError: 'colect' })).message, /'throw', 'collect'/)
    assert.equal(refusal(() => readMapOptions({ fallback: 'seriel' })).nearest, 'serial')
  })

  it('that are undefined are absent', () => {
    assert.deepEqual({ ...readMapOptions({ workers: undefined, ordered: false }) }, { ordered: false })
    assert.deepEqual(readMapOptions(undefined), {})
  })

  it('come in their final form', () => {
    assert.deepEqual(
      { ...readMapOptions({ timeout: '300%', retries: 2, share: '1M', window: Infinity }) },
      {
        timeout: { ofMedian: 3 },
        retries: { times: 2, delay: 0, maxDelay: 60_000, factor: 2, jitter: true, when: undefined },
        share: 1024 * 1024,
        window: Infinity,
      },
    )
    assert.equal(readMapOptions({ timeout: 5 }).timeout && 'ms' in readMapOptions({ timeout: 5 }).timeout!, true)
    for (const [text, bytes] of [
      ['512', 512],
      ['1k', 1024],
      ['1.5 MiB', 1_572_864],
      ['2GB', 2 * 1024 ** 3],
    ] as const)
      assert.equal(readPoolOptions({ maxMemory: text }).maxMemory, bytes)
  })

  it('must be in an object', () => {
    for (const options of [null, 5, 'x', [], true])
      assert.equal(refusal(() => readMapOptions(options)).option, 'options')
  })
})

describe('a number of workers', () => {
  const cores = availableCores()

  it('is a number, a share, or what is left', () => {
    assert.equal(availableWorkers(), cores)
    assert.equal(availableWorkers(7), 7)
    assert.equal(availableWorkers(-1), cores)
    assert.equal(availableWorkers(-2), Math.max(1, cores - 1))
    assert.equal(availableWorkers(0.5), Math.max(1, Math.floor(cores / 2)))
  })

  it('is at least one', () => {
    assert.equal(availableWorkers(0.000_1), 1)
    assert.equal(availableWorkers(-10_000), 1)
  })

  it('is refused otherwise', () => {
    for (const spec of [0, 1.5, -0.5, Number.NaN, Infinity])
      assert.throws(() => availableWorkers(spec), { option: 'workers' })
  })
})
