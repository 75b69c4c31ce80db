import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import * as fc from 'fast-check'
import { reduce, type TaskError } from 'manyhands'

import { type BackendName, check } from './check.js'

/** One input: its number, and how often the worker dies, or `add` throws half-way, before it is added. */
interface Act {
  readonly value: number
  readonly exits: number
  readonly throws: number
  /** Fails in each attempt. */
  readonly fails: boolean
}

interface Sums {
  sum: number
  /** Not commutative: the order of inputs shows. */
  text: string
  count: number
}

interface Scenario {
  readonly acts: readonly Act[]
  readonly grain: number | undefined
  readonly workers: number
  readonly concurrency: number
  readonly retries: number
  readonly window: number | undefined
  readonly generator: 'array' | 'sync' | 'async'
  readonly isAsync: boolean
}

let root = ''
before(() => {
  root = mkdtempSync(join(tmpdir(), 'manyhands-reductions-'))
})
after(() => rmSync(root, { recursive: true, force: true }))

const number = fc.oneof(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), fc.constantFrom(0.1, 1e16, -1e16, 1e-9))

function scenarios(dies: boolean): fc.Arbitrary<Scenario> {
  const act = fc.record({
    value: number,
    exits: dies
      ? fc.oneof({ weight: 30, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) })
      : fc.constant(0),
    throws: fc.oneof(
      { weight: 8, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
    ),
    fails: fc.oneof({ weight: 10, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  })
  return fc.record({
    acts: fc.array(act, { maxLength: 60, size: 'max' }),
    grain: fc.integer({ min: 1, max: 20 }),
    workers: fc.integer({ min: 1, max: 3 }),
    concurrency: fc.constantFrom(1, 1, 3),
    retries: fc.integer({ min: 0, max: 2 }),
    window: fc.constantFrom(undefined, 20, 64),
    generator: fc.constantFrom('array', 'sync', 'async'),
    isAsync: fc.boolean(),
  })
}

function* syncInputs(inputs: readonly [number, Act][]): Generator<[number, Act]> {
  yield* inputs
}

async function* asyncInputs(inputs: readonly [number, Act][]): AsyncGenerator<[number, Act]> {
  yield* inputs
}

function inputsOf({ acts, generator }: Scenario): Iterable<[number, Act]> | AsyncIterable<[number, Act]> {
  const inputs = acts.map((act, index): [number, Act] => [index, act])
  return generator === 'array' ? inputs : generator === 'sync' ? syncInputs(inputs) : asyncInputs(inputs)
}

async function run(scenario: Scenario, backend: BackendName, folder: string): Promise<unknown> {
  const { grain, workers, concurrency, retries, window, isAsync } = scenario
  const failed: number[] = []
  const { value, failed: errors } = await reduce.settled(
    inputsOf(scenario),
    {
      initial: (): Sums => ({ sum: 0, text: '', count: 0 }),
      add: (sums, [index, { value: one, exits, throws, fails }]) => {
        const add = (): void => {
          // Changed before it throws: a half-counted input would show.
          sums.text += `${index},`
          for (let time = 0; time < exits; time++) if (isFirst(folder, index, `exit-${time}`)) process.exit(3)
          for (let time = 0; time < Math.min(throws, retries); time++)
            if (isFirst(folder, index, `throw-${time}`)) throw new RangeError('half-way')
          if (fails) throw new TypeError('always')
          sums.sum += one
          sums.count++
        }
        if (!isAsync) return add()
        return new Promise((resolve) => setImmediate(resolve)).then(add)
      },
      combine: (a, b) => ({ sum: a.sum + b.sum, text: a.text + b.text, count: a.count + b.count }),
    },
    {
      backend,
      workers,
      concurrency,
      retries,
      workerDeaths: 5,
      ...(grain !== undefined && { grain }),
      ...(window !== undefined && { window }),
    },
  )
  for (const error of errors) failed.push(error.task.index)
  return { value, failed, attempts: errors.map((error: TaskError) => error.attempts) }

  function isFirst(inFolder: string, index: number, what: string): boolean {
    try {
      writeFileSync(`${inFolder}/${index}-${what}`, '', { flag: 'wx' })
      return true
    } catch {
      return false
    }
  }
}

/** The result of a plain loop, with the accumulators of grains combined two by two. */
function model({ acts, grain = 1, retries }: Scenario): unknown {
  const failed: number[] = []
  const attempts: number[] = []
  let level: Sums[] = []
  for (let start = 0; start === 0 || start < acts.length; start += grain) {
    const sums: Sums = { sum: 0, text: '', count: 0 }
    for (const [index, { value, fails }] of [...acts.entries()].slice(start, start + grain)) {
      if (fails) {
        failed.push(index)
        attempts.push(retries + 1)
        continue
      }
      sums.text += `${index},`
      sums.sum += value
      sums.count++
    }
    level.push(sums)
  }
  while (level.length > 1) {
    const next: Sums[] = []
    for (let i = 0; i < level.length; i += 2) {
      const [a, b] = [level[i], level[i + 1]]
      if (a !== undefined)
        next.push(b === undefined ? a : { sum: a.sum + b.sum, text: a.text + b.text, count: a.count + b.count })
    }
    level = next
  }
  return { value: level[0], failed, attempts }
}

const RUNS: Readonly<Record<BackendName, number>> = { serial: 60, threads: 30, processes: 15 }

/** The properties of one backend. */
export function reductions(backend: BackendName): void {
  describe(`reduce counts each input exactly once: ${backend}`, () => {
    it('a grain gives the same bits, whatever fails or dies, with any number of workers', async () => {
      await check(
        scenarios(backend !== 'serial'),
        async (scenario) => {
          assert.deepStrictEqual(await run(scenario, backend, mkdtempSync(join(root, 'run-'))), model(scenario))
        },
        RUNS[backend],
      )
    })

    it('without a grain only the order of inputs is kept', async () => {
      await check(
        scenarios(backend !== 'serial').map((one): Scenario => ({ ...one, grain: undefined })),
        async (scenario) => {
          const { value, failed } = (await run(scenario, backend, mkdtempSync(join(root, 'run-')))) as {
            value: Sums
            failed: number[]
          }
          const expected = model(scenario) as { value: Sums; failed: number[] }
          assert.deepStrictEqual(
            { text: value.text, count: value.count, failed },
            { text: expected.value.text, count: expected.value.count, failed: expected.failed },
          )
        },
        RUNS[backend] / 2,
      )
    })
  })
}
