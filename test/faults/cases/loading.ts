import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

import { map, ModuleLoadError, Pool, stateful, tasksOf, WorkerInitError, withPool } from 'manyhands'

import { type Case, type CaseFunction, markOf } from '../case.js'

type AnyTask = (input: number) => number

/** A module written for the case. It counts how often it is loaded. */
function moduleOf(folder: string, name: string, text: string): { url: URL; loads: () => number } {
  const file = markOf(folder, `${name}.mjs`)
  const count = markOf(folder, `${name}.loads`)
  writeFileSync(count, '')
  writeFileSync(
    file,
    `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(count)}, '.')\n${text}`,
  )
  return { url: pathToFileURL(file), loads: () => readFileSync(count, 'utf8').length }
}

async function loadError({ backend }: Case, url: URL, name = 'work'): Promise<ModuleLoadError> {
  const tasks = tasksOf<Record<string, AnyTask>>(url)
  const startedAt = performance.now()
  const error = await map([1, 2, 3, 4], tasks[name] as AnyTask, { backend, workers: 2 }).then(
    () => assert.fail('it ran'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof ModuleLoadError, String(error))
  assert.ok(performance.now() - startedAt < 20_000)
  return error
}

/** F18: a module that cannot be loaded is one error of the run, told once, without a storm of workers. */
export const broken: CaseFunction = async (one) => {
  const { folder } = one
  const throws = moduleOf(folder, 'throws', "throw new RangeError('no license')\nexport const work = (x) => x")
  const error = await loadError(one, throws.url)
  assert.match(error.message, /no license/)
  assert.ok(throws.loads() <= 2, `loaded ${throws.loads()} times`)
  const text = moduleOf(folder, 'syntax', 'export const work = (x => x')
  assert.match((await loadError(one, text.url)).message, /SyntaxError|Unexpected|missing|expected/i)
  assert.match((await loadError(one, new URL('nowhere.mjs', throws.url))).message, /nowhere\.mjs/)
  const missing = moduleOf(folder, 'missing', "import 'no-such-package'\nexport const work = (x) => x")
  assert.match((await loadError(one, missing.url)).message, /no-such-package/)
  // The host goes on as if nothing had been.
  assert.deepEqual(await map([1], (x) => x + 1, { backend: one.backend }), [2])
}

/** F18: hundred runs of a broken module, one after the other. */
export const brokenManyTimes: CaseFunction = async (one) => {
  const throws = moduleOf(one.folder, 'throws', "throw new Error('broken')\nexport const work = (x) => x")
  for (let i = 0; i < 100; i++) assert.match((await loadError(one, throws.url)).message, /broken/)
}

/** F18: a module that never comes to its end, or that ends its worker. */
export const stuck: CaseFunction = async ({ backend, folder }) => {
  const waits = moduleOf(folder, 'waits', 'await new Promise(() => {})\nexport const work = (x) => x')
  await withPool({ backend, workers: 2, initTimeout: 2_000 }, async (pool) => {
    const run = pool.map([1, 2, 3], tasksOf<{ work: AnyTask }>(waits.url).work)
    await assert.rejects(async () => run, ModuleLoadError)
    assert.deepEqual(await pool.map([1, 2], (x) => x * 2), [2, 4])
  })
}

export const exitsWhileLoading: CaseFunction = async (one) => {
  const ends = moduleOf(one.folder, 'ends', 'process.exit(6)\nexport const work = (x) => x')
  await loadError(one, ends.url)
  assert.ok(ends.loads() <= 4, `loaded ${ends.loads()} times`)
  assert.deepEqual(await map([1], (x) => x + 1, { backend: one.backend }), [2])
}

/** F19: what is not exported, or is no function, or is only inherited. */
export const noSuchExport: CaseFunction = async (one) => {
  const module = moduleOf(one.folder, 'some', 'export const work = (x) => x\nexport const LEVEL = 3\nexport class A {}')
  for (const name of ['wrok', 'LEVEL', 'toString', '__proto__', 'constructor', 'hasOwnProperty', 'default', '']) {
    const error = await loadError(one, module.url, name)
    assert.ok(error.exports.includes('work'), `${name}: ${error.exports.join()}`)
    assert.ok(!error.exports.includes('LEVEL'))
    assert.match(error.message, /work/)
  }
}

class Failing {
  readonly #how: string
  constructor(how: string) {
    this.#how = how
    if (how === 'constructor') throw new TypeError('no connection')
  }
  async init(): Promise<void> {
    if (this.#how === 'init') throw new TypeError('no connection')
    if (this.#how === 'hang') await new Promise(() => {})
  }
  call(x: number): number {
    return x
  }
}

/** F20: stateful workers that cannot be made. */
export const initFails: CaseFunction = async ({ backend }) => {
  for (const how of ['constructor', 'init']) {
    const error = await map([1, 2, 3], stateful(Failing, how), { backend, workers: 2 }).then(
      () => assert.fail('it ran'),
      (thrown: unknown) => thrown,
    )
    assert.ok(error instanceof WorkerInitError, String(error))
    assert.match(error.message, /no connection/)
    assert.ok(error.cause instanceof TypeError)
  }
  await withPool({ backend, workers: 2, initTimeout: 2_000 }, async (pool) => {
    await assert.rejects(async () => pool.map([1, 2], stateful(Failing, 'hang')), WorkerInitError)
    await assert.rejects(pool.run(stateful(Failing, 'init'), 1), WorkerInitError)
    assert.deepEqual(await pool.map([1, 2], (x) => x * 2), [2, 4])
  })
}

/** F20: a pool's `init` that throws or hangs: runs and calls are told; closing works. */
export const poolInitFails: CaseFunction = async ({ backend, folder }) => {
  const count = markOf(folder, 'inits')
  const fails = (): void => {
    appendFileSync(count, '.')
    throw new Error('no license')
  }
  const hangs = (): Promise<void> => new Promise(() => {})
  const limits: [init: () => unknown, initTimeout: number][] = [
    [fails, 60_000],
    [hangs, 2_000],
  ]
  for (const [init, initTimeout] of limits) {
    const pool = new Pool({ backend, workers: 2, init, initTimeout })
    await assert.rejects(async () => pool.map([1, 2, 3], (x) => x), WorkerInitError)
    await assert.rejects(pool.run(Math.sqrt, 4), WorkerInitError)
    await pool.close()
  }
  const { length } = readFileSync(count, 'utf8')
  assert.ok(length <= 6, `it was tried ${length} times`)
}
