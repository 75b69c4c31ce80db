import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import * as fc from 'fast-check'
import { batched, currentTask, map, TaskError } from 'manyhands'
import { Cache } from 'manyhands/cache'

import { type BackendName, check } from './check.js'

/** The effect of a number on the call that it is in. */
type Fate = 'runs' | 'throws' | 'is an error' | 'exits' | 'waits' | 'blocks'

interface Given {
  readonly n: number
  readonly fate: Fate
}

interface Case {
  /** The fate of each number. */
  readonly fates: readonly Fate[]
  /** The inputs of two runs, one after the other: numbers. */
  readonly first: readonly number[]
  readonly second: readonly number[]
  readonly size: number
  readonly retries: number
  readonly workerDeaths: number
}

const NUMBERS = 12

/** A call of numbers takes no time: only one that waits or blocks takes so many milliseconds. */
const TIMEOUT = 3_000

/** Squares numbers, once all of them are in the file. */
async function squares(inputs: Given[], file: string): Promise<(number | Error)[]> {
  appendFileSync(file, `${JSON.stringify(inputs.map(({ n }) => n))}\n`)
  const has = (fate: Fate): boolean => inputs.some((one) => one.fate === fate)
  if (has('exits')) process.exit(3)
  while (has('blocks'));
  if (has('waits')) await new Promise((resolve) => currentTask().signal.addEventListener('abort', resolve))
  if (has('throws')) throw new RangeError('thrown')
  return inputs.map(({ n, fate }) => (fate === 'is an error' ? new RangeError('returned') : n * n))
}

/** Fates of which at most one takes the whole timeout. */
function fatesOf(backend: BackendName, slow: boolean): fc.Arbitrary<Fate[]> {
  const dies = backend === 'serial' ? [] : (['exits'] as const)
  const some = fc.constantFrom<Fate>('runs', 'runs', 'runs', 'runs', 'throws', 'is an error', ...dies)
  const late = fc.constantFrom<Fate>('waits', ...(backend === 'serial' ? [] : (['blocks'] as const)))
  return fc
    .tuple(fc.array(some, { minLength: NUMBERS, maxLength: NUMBERS }), late, fc.nat(NUMBERS - 1))
    .map(([fates, one, at]) => (slow ? fates.with(at, one) : fates))
}

function cases(backend: BackendName, slow: boolean): fc.Arbitrary<Case> {
  const inputs = fc.array(fc.nat(NUMBERS - 1), { maxLength: slow ? 12 : 40, size: 'max' })
  return fc.record({
    fates: fatesOf(backend, slow),
    first: inputs,
    second: inputs,
    size: fc.constantFrom(1, 2, 3, 8),
    retries: slow ? fc.constant(0) : fc.nat(2),
    workerDeaths: fc.nat(1),
  })
}

const CODES: { readonly [F in Exclude<Fate, 'runs'>]: string } = {
  throws: 'MH_TASK_FAILED',
  'is an error': 'MH_TASK_FAILED',
  exits: 'MH_WORKER_CRASHED',
  waits: 'MH_TASK_TIMEOUT',
  blocks: 'MH_TASK_TIMEOUT',
}

/** Runs both lists of inputs with one cache. */
async function holds(
  { fates, first, second, size, retries, workerDeaths }: Case,
  backend: BackendName,
  slow: boolean,
  folder: string,
): Promise<void> {
  const cache = new Cache(join(folder, 'cache'))
  const kept = new Set<number>()
  for (const [i, numbers] of [first, second].entries()) {
    const file = join(folder, `calls-${i}`)
    writeFileSync(file, '')
    const inputs = numbers.map((n): Given => ({ n, fate: fates[n] as Fate }))
    const fn = cache.wrap(batched(squares, { size, maxDelay: 2 }), { ignore: [1] })
    const run = map(inputs, fn, {
      backend,
      workers: 2,
      args: [file],
      retries,
      workerDeaths,
      ...(slow && { timeout: TIMEOUT }),
    })
    let count = 0
    for await (const record of run.settled()) {
      const { n, fate } = inputs[count] as Given
      assert.equal(record.index, count++)
      if (record.status === 'fulfilled') assert.deepEqual([fate, record.value], ['runs', n * n])
      else checkFailure(record.reason, fate, { retries, workerDeaths })
    }
    assert.equal(count, inputs.length)
    checkCalls(readFileSync(file, 'utf8'), { inputs, size, kept })
    for (const { n, fate } of inputs) if (fate === 'runs') kept.add(n)
    assert.equal(cache.stats().stored, kept.size)
  }
}

function checkFailure(
  error: unknown,
  fate: Fate,
  { retries, workerDeaths }: Pick<Case, 'retries' | 'workerDeaths'>,
): void {
  assert.ok(error instanceof TaskError && fate !== 'runs', `${fate}: ${String(error)}`)
  assert.equal(error.code, CODES[fate])
  assert.equal(error.attempts, 1 + (fate === 'exits' ? workerDeaths : retries))
}

/** No call has more than `size` numbers, or one whose result was there; each of the others was called. */
function checkCalls(
  text: string,
  { inputs, size, kept }: { inputs: readonly Given[]; size: number; kept: ReadonlySet<number> },
): void {
  const calls = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as number[]]))
  for (const call of calls) {
    assert.ok(call.length <= size)
    for (const n of call) assert.ok(!kept.has(n), `${n} is in the cache`)
  }
  const called = new Set(calls.flat())
  for (const { n } of inputs) assert.ok(called.has(n) || kept.has(n), `${n} was not called`)
}

const RUNS: Readonly<Record<BackendName, number>> = { serial: 60, threads: 40, processes: 16 }
const SLOW_RUNS: Readonly<Record<BackendName, number>> = { serial: 3, threads: 3, processes: 2 }

/** With a cache each input keeps its own outcome, and each result is stored by itself. */
export function batchedKept(backend: BackendName): void {
  describe(`batched with a cache: each result is stored by itself, and stored ones are left out of calls: ${backend}`, () => {
    let root = ''
    before(() => {
      root = mkdtempSync(join(tmpdir(), 'manyhands-batched-kept-'))
    })
    after(() => rmSync(root, { recursive: true, force: true }))

    it('whatever throws, and whoever dies', async () => {
      const one = (given: Case): Promise<void> => holds(given, backend, false, mkdtempSync(join(root, 'run-')))
      await check(cases(backend, false), one, RUNS[backend])
    })

    it('whatever takes too long', async () => {
      const one = (given: Case): Promise<void> => holds(given, backend, true, mkdtempSync(join(root, 'run-')))
      await check(cases(backend, true), one, SLOW_RUNS[backend])
    })
  })
}
