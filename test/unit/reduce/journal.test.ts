import assert from 'node:assert/strict'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'

import { InvalidArgumentError, JournalError, reduce, reducer } from 'manyhands'

import { partialsOf } from '#manyhands/journal/partials/partial-store.js'

import { range } from './support.js'

const folder = mkdtempSync(join(tmpdir(), 'manyhands-reduce-journal-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let made = 0

/** A reducer of texts that notes each call of `add` in a file, and throws for those that another file names. */
const noting = reducer({
  initial: (...files: [ran: string, bad: string]): string[] => files.slice(2),
  add: (all: string[], text: string, ran: string, bad: string) => {
    appendFileSync(ran, `${text}\n`)
    if (existsSync(bad) && readFileSync(bad, 'utf8').split('\n').includes(text)) throw new RangeError(`bad ${text}`)
    return [...all, text]
  },
  combine: (a: string[], b: string[], ...files: [ran: string, bad: string]) => [...a, ...b, ...files.slice(2)],
})

class Case {
  readonly journal = join(folder, `${++made}.jsonl`)
  readonly #ran = `${this.journal}.ran`
  readonly bad = `${this.journal}.bad`

  reduce(inputs: Iterable<string> | AsyncIterable<string>, options: object = {}): Promise<string[]> {
    const common = { journal: this.journal, args: [this.#ran, this.bad] as const, workers: 2, batch: 4 }
    return reduce(inputs, noting, { ...common, backend: 'threads', ...options })
  }

  /** The inputs that were added since the last look. */
  ran(): string[] {
    if (!existsSync(this.#ran)) return []
    const all = readFileSync(this.#ran, 'utf8').trim().split('\n')
    rmSync(this.#ran)
    return all.toSorted((a, b) => Number(a) - Number(b))
  }
}

const texts = range(50).map(String)

/** Collects warnings of journals while something runs. */
async function warnings(work: () => Promise<unknown>): Promise<string[]> {
  const told: string[] = []
  const take = (warning: Error & { code?: string }): void => {
    if (warning.code === 'MH_JOURNAL') told.push(warning.message)
  }
  process.on('warning', take)
  await work()
  // Warnings are told on a later tick.
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', take)
  return told
}

describe('reduce with a journal', () => {
  for (const backend of ['serial', 'threads', 'processes'] as const)
    it(`adds only inputs that no earlier run has added: ${backend}`, async () => {
      const run = new Case()
      assert.deepEqual(await run.reduce(texts, { backend }), texts)
      assert.deepEqual(run.ran(), texts)
      assert.deepEqual(await run.reduce(texts, { backend }), texts)
      assert.deepEqual(run.ran(), [])
    })

  it('finds inputs again at other positions, and adds those around them', async () => {
    const run = new Case()
    await run.reduce(texts)
    run.ran()
    const changed = ['100', ...texts.slice(0, 21), '101', ...texts.slice(22), '102']
    assert.deepEqual(await run.reduce(changed), changed)
    // All inputs of the stretch that has changed are added again.
    assert.deepEqual(run.ran(), ['20', '22', '23', '100', '101', '102'])
  })

  it('finds inputs of generators and async iterables, and equal inputs as often as they were added', async () => {
    const run = new Case()
    const same = [...Array<string>(10).fill('1'), ...Array<string>(3).fill('2')]
    function* now(): Generator<string> {
      yield* same
    }
    async function* later(): AsyncGenerator<string> {
      for (const text of [...same, '2']) yield await Promise.resolve(text)
    }
    assert.deepEqual(await run.reduce(now()), same)
    assert.equal(run.ran().length, 13)
    assert.deepEqual(await run.reduce(later()), [...same, '2'])
    assert.equal(run.ran().length <= 2, true)
  })

  it('adds the inputs of a stretch again in which one has failed', async () => {
    const run = new Case()
    writeFileSync(run.bad, '6')
    const without = texts.filter((text) => text !== '6')
    assert.deepEqual(await run.reduce(texts, { onError: 'return' }), without)
    run.ran()
    const lines = readFileSync(run.journal, 'utf8')
    assert.match(lines, /"task":6,.*"state":"failed".*"bad 6"/)
    rmSync(run.bad)
    assert.deepEqual(await run.reduce(texts), texts)
    assert.deepEqual(run.ran(), ['4', '5', '6', '7'])
  })

  it('with a grain gives the same bits as without an interruption', async () => {
    const inputs = range(1_000).map((n) => 1 / (n + 1))
    const sum = reducer({
      initial: () => 0,
      add: (all: number, n: number) => all + n,
      combine: (a: number, b: number) => a + b,
    })
    const journal = join(folder, 'floats.jsonl')
    const options = { grain: 7, window: 700, journal, backend: 'threads', workers: 2 } as const
    const expected = await reduce(inputs, sum, { grain: 7, backend: 'serial' })
    // An earlier run that ended after some of the inputs.
    function* broken(): Generator<number> {
      yield* inputs.slice(0, 400)
      throw new RangeError('no more')
    }
    await assert.rejects(reduce(broken(), sum, options), /no more/)
    assert.equal(await reduce(inputs, sum, options), expected)
    assert.equal(await reduce(inputs, sum, options), expected)
    assert.equal(await reduce(inputs.slice(3), sum, options), await reduce(inputs.slice(3), sum, { grain: 7 }))
    // Accumulators of another grain are not used.
    assert.equal(
      await reduce(inputs, sum, { ...options, grain: 10 }),
      await reduce(inputs, sum, { grain: 10, backend: 'serial' }),
    )
  })

  it('adds inputs again whose accumulator is damaged, and says so', async () => {
    const run = new Case()
    await run.reduce(texts)
    run.ran()
    const file = partialsOf(run.journal)
    const bytes = readFileSync(file)
    // A bit of the first accumulator, which stands behind the first line.
    const at = bytes.indexOf(0x0a) + 3
    bytes[at] = (bytes[at] as number) ^ 1
    writeFileSync(file, bytes)
    const told = await warnings(async () => assert.deepEqual(await run.reduce(texts), texts))
    assert.equal(run.ran().length, 4)
    assert.match(told.join('\n'), /4 inputs in .*partials is damaged: these inputs are added again/)
  })

  it('goes on after a torn end, and after something that is no line of facts', async () => {
    const run = new Case()
    await run.reduce(texts)
    run.ran()
    const file = partialsOf(run.journal)
    truncateSync(file, readFileSync(file).length - 5)
    assert.deepEqual(await warnings(async () => assert.deepEqual(await run.reduce(texts), texts)), [])
    assert.ok(run.ran().length <= 4)
    appendFileSync(file, 'something else\n')
    const told = await warnings(async () => assert.deepEqual(await run.reduce(texts), texts))
    assert.match(told.join('\n'), /partials is damaged/)
    assert.deepEqual(run.ran(), [])
    assert.deepEqual(await run.reduce(texts), texts)
    assert.deepEqual(run.ran(), [])
  })

  it('refuses to go on when the functions have changed, and not when only retries and timeouts have', async () => {
    const run = new Case()
    await run.reduce(texts)
    run.ran()
    assert.deepEqual(await run.reduce(texts, { retries: 2, timeout: 60_000 }), texts)
    assert.deepEqual(run.ran(), [])
    await assert.rejects(
      run.reduce(texts, { args: [`${run.journal}.ran`, 'another'] }),
      (error) => error instanceof JournalError && error.hashes !== undefined,
    )
    const other = reducer({
      initial: () => 0,
      add: (n: number, text: string) => n + text.length,
      combine: (a, b) => a + b,
    })
    await assert.rejects(reduce(texts, other, { journal: run.journal }), JournalError)
  })

  it('keeps accumulators of any kind that can be sent', async () => {
    const journal = join(folder, 'kinds.jsonl')
    const kinds = reducer({
      initial: () => ({ seen: new Map<string, Date>(), big: 0n, list: new Float64Array(1) }),
      add: (all, text: string) => {
        all.seen.set(text, new Date(Number(text)))
        all.big += BigInt(text)
        all.list[0] = (all.list[0] ?? 0) + 1
      },
      combine: (a, b) => ({
        seen: new Map([...a.seen, ...b.seen]),
        big: a.big + b.big,
        list: Float64Array.of((a.list[0] ?? 0) + (b.list[0] ?? 0)),
      }),
    })
    const first = await reduce(texts, kinds, { journal, batch: 5 })
    const second = await reduce(texts, kinds, { journal, batch: 5 })
    assert.deepEqual(second, first)
    assert.equal(second.big, 1_225n)
  })

  it('refuses options that it cannot keep accumulators with', async () => {
    const run = new Case()
    for (const [options, expected] of [
      [{ copy: false }, /journal: expected no "copy: false": it keeps accumulators as bytes/],
      [{ skip: () => false }, /journal: expected no "skip"/],
    ] as const)
      await assert.rejects(
        async () => run.reduce(texts, options),
        (error) => error instanceof InvalidArgumentError && expected.test(error.message),
      )
  })
})
