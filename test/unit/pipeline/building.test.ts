import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { CaptureError, InvalidArgumentError, InvalidStateError, task } from 'manyhands'
import { pipeline } from 'manyhands/pipeline'

import { failure } from '#manyhands/testing/contract/subject.js'

import { BACKENDS } from '../support/each-backend.js'

/** Calls as from plain JavaScript, where no types say what is wrong. */
interface Untyped {
  step(...args: unknown[]): Untyped
  assign(...args: unknown[]): Untyped
  drop(...args: unknown[]): Untyped
  finally(...args: unknown[]): Untyped
  run(...args: unknown[]): PromiseLike<unknown[]>
}

const untyped = (): Untyped => pipeline('untyped')
const one = (): number => 1

function refusal(build: () => unknown): string {
  try {
    build()
  } catch (error) {
    assert.ok(error instanceof InvalidArgumentError || error instanceof InvalidStateError)
    return error.message
  }
  throw new Error('expected a refusal, and there was none')
}

describe('building a pipeline', () => {
  it('refuses what makes no sense, at once and in words', () => {
    assert.match(
      refusal(() => pipeline('')),
      /pipeline\(name\): expected a name/,
    )
    assert.match(
      refusal(() => untyped().step('a', one).step('a', one)),
      /step\("a"\): expected a new name, got "a"/,
    )
    assert.match(
      refusal(() => untyped().step('a', one).drop('a').finally('a', one)),
      /expected a new name/,
    )
    assert.match(
      refusal(() => untyped().step('a/b', one)),
      /a name without "\/"/,
    )
    assert.match(
      refusal(() => untyped().step('a', 'b')),
      /step "a": expected a function, or a pipeline, got 'b'/,
    )
    assert.match(
      refusal(() => untyped().step('a', task(one))),
      /step "a": .* the result of task\(fn\)/,
    )
    assert.match(
      refusal(() => untyped().step('a', class Model {})),
      /step "a": .* the class Model/,
    )
    assert.match(
      refusal(() => untyped().step('a', one, { timeuot: 1 })),
      /Did you mean "timeout"/,
    )
    assert.match(
      refusal(() => untyped().step('a', one, { timeout: '300%' })),
      /step "a"\.timeout: expected milliseconds/,
    )
    assert.match(
      refusal(() => untyped().step('a', one).drop('a').step('b', ['a'], one)),
      /"a", which was dropped before/,
    )
    assert.match(
      refusal(() => untyped().step('a', untyped())),
      /a pipeline with steps/,
    )
    assert.match(
      refusal(() => untyped().run([1])),
      /has no steps/,
    )
  })

  it('leaves each pipeline as it is: several can go on from one', async () => {
    const start = pipeline<{ n: number }>('start').step('a', ({ n }) => n + 1)
    const left = start.step('b', ({ a }) => `left ${a}`)
    const right = start.step('b', ({ a }) => `right ${a}`).drop('a')
    assert.deepEqual((await start.one({ n: 1 })).clip, { n: 1, a: 2 })
    assert.deepEqual((await left.one({ n: 1 })).clip, { n: 1, a: 2, b: 'left 2' })
    assert.deepEqual((await right.one({ n: 1 })).clip, { n: 1, b: 'right 2' })
  })
})

describe('what a run refuses', () => {
  const steps = pipeline<{ n: number }>('steps')
    .step('raw', ({ n }) => n)
    .step('dark', ['raw'], (raw) => raw + 1)
    .step('stats', ['dark'], (dark) => dark + 1)
    .drop('raw')
  const plain = steps as unknown as Untyped

  /** Inputs that must not be read. */
  const unread = {
    [Symbol.iterator]: (): Iterator<never> => {
      throw new Error('the inputs were read')
    },
  }

  it('is refused before any input is read', () => {
    assert.match(
      refusal(() => plain.run(unread, { steps: ['raw', 'drak'] })),
      /steps: expected names of steps \(raw, dark, stats\), got "drak"\. Did you mean "dark"/,
    )
    assert.match(
      refusal(() => plain.run([{ n: 1 }], { steps: ['raw', 'stats'] })),
      /step "stats": .* "dark", which only the step "dark" makes: add it to steps/,
    )
    assert.match(
      refusal(() => plain.run([{ n: 1 }], { steps: ['dark', 'raw'] })),
      /step "dark": .* "raw", which only the step "raw" makes: add it to steps before this one, or give it with the inputs/,
    )
    assert.match(
      refusal(() => plain.run([{ n: 1, raw: 2 }, { n: 1 }], { steps: ['dark'] })),
      /step "dark": .* "raw", which only the step "raw" makes/,
    )
    assert.match(
      refusal(() => plain.run(unread, { steps: ['raw', 'dark', 'raw'] })),
      /steps: expected each step once, got "raw" twice/,
    )
    assert.match(
      refusal(() => plain.run(unread, { pick: ['raw'] })),
      /pick: .* "raw", which is dropped/,
    )
    assert.match(
      refusal(() => plain.run(unread, { steps: ['raw', 'dark'], pick: ['stats'] })),
      /"stats", whose step is not among the steps/,
    )
    assert.match(
      refusal(() => plain.run(unread, { onError: 'throw' })),
      /onError: expected no value for a pipeline: a failed input is an outcome/,
    )
    assert.match(
      refusal(() => plain.run(unread, { args: [1] })),
      /args: expected no value for a pipeline: pass it as config/,
    )
    assert.match(
      refusal(() => plain.run(unread, { spread: true })),
      /spread: expected no value for a pipeline: an input is the clip/,
    )
    assert.match(
      refusal(() => plain.run(unread, { wrokers: 1 })),
      /Did you mean "workers"/,
    )
    assert.match(
      refusal(() => plain.run(unread, { pool: {} })),
      /pool: expected a Pool/,
    )
    assert.match(
      refusal(() => plain.run(7)),
      /inputs: expected an array/,
    )
  })

  it('includes steps whose first parameter takes what is not made', () => {
    const free = pipeline<{ n: number }>('free')
      .step('raw', ({ n }) => n)
      .step('dark', ({ raw: r, n }) => r + n)
    assert.match(
      refusal(() => (free as unknown as Untyped).run([{ n: 1 }], { steps: ['dark'] })),
      /step "dark": .* "raw", which only the step "raw" makes/,
    )
  })

  it('includes what cannot travel, with the way to it', async () => {
    const socket = process.stdout
    const sending = pipeline<{ n: number }>('sending').step('print', ({ n }) => socket.write(`${n}`))
    const error = await failure(sending.run(unread, { backend: 'threads' }))
    assert.ok(error instanceof CaptureError)
    assert.match(error.message, /cannot send "socket" \(captured at .*building\.test/)
    const configured = pipeline<{ n: number }>('configured').step('print', ({ n }, config: object) => [n, config])
    const other = await failure(configured.run(unread, { backend: 'threads', config: { log: socket } }))
    assert.ok(other instanceof CaptureError)
    assert.match(other.message, /config\.log/)
  })
})

describe('some of the steps', () => {
  for (const backend of BACKENDS) {
    it(`run by name, those of nested pipelines too: ${backend}`, async () => {
      const inner = pipeline<{ n: number }>('inner')
        .step('x', ({ n }) => n * 10)
        .step('y', ({ n }) => n * 100)
      const outer = pipeline<{ n: number }>('outer')
        .step('a', ({ n }) => n)
        .step('sub', inner)
        .step('z', ({ n }) => n)
      const only = async (...names: ('a' | 'sub' | 'z' | 'sub/x' | 'sub/y')[]): Promise<unknown> =>
        (await outer.run([{ n: 1 }], { backend, steps: names }))[0]?.clip
      assert.deepEqual(await only('a', 'z'), { n: 1, a: 1, z: 1 })
      assert.deepEqual(await only('sub'), { n: 1, sub: { x: 10, y: 100 } })
      assert.deepEqual(await only('z', 'sub/y'), { n: 1, sub: { y: 100 }, z: 1 })
    })

    it(`run in the order of the list, which may come from a config file: ${backend}`, async () => {
      const order = (clip: object): string[] => Object.keys(clip)
      const inner = pipeline<{ n: number }>('inner')
        .step('x', (clip) => order(clip))
        .step('y', (clip) => order(clip))
      const outer = pipeline<{ n: number }>('outer')
        .step('a', (clip) => order(clip))
        .step('b', (clip) => order(clip))
        .drop('a')
        .step('sub', inner)
        .step('c', (clip) => order(clip))
        .finally('end', () => undefined)
      const config: { taskList: string[] } = JSON.parse('{ "taskList": ["c", "sub/y", "b", "sub/x", "a"] }')
      const outcome = await outer.run([{ n: 1 }], { backend, steps: config.taskList })
      assert.deepEqual(outcome[0]?.clip, {
        n: 1,
        c: ['n'],
        sub: { y: ['n', 'c'], x: ['n', 'c', 'y'] },
        b: ['n', 'c', 'sub'],
      })
      assert.deepEqual(Object.keys(outcome[0]?.timings ?? {}), ['c', 'sub/y', 'sub/x', 'b', 'a', 'end'])
    })

    it(`go on where an input failed: ${backend}`, async () => {
      const half = pipeline<{ n: number }>('half')
        .step('raw', ({ n }) => n * 10)
        .step('dark', ['raw'], (raw, { offset }: { offset: number }) => {
          if (offset < 0) throw new RangeError('offset')
          return raw + offset
        })
        .step('stats', ({ dark }) => dark + 1)
      const bad = await half.one({ n: 1 }, { backend, config: { offset: -1 } })
      assert.ok(!bad.ok && bad.step === 'dark')
      assert.deepEqual(bad.clip, { n: 1, raw: 10 })
      const names = ['raw', 'dark', 'stats']
      const rest = names.slice(names.indexOf(bad.step))
      const good = await half.one(bad.clip, { backend, config: { offset: 1 }, steps: rest })
      assert.deepEqual(good.clip, { n: 1, raw: 10, dark: 11, stats: 12 })
      const [streamed] = await half.run(
        (function* () {
          yield { n: 1 }
        })(),
        { backend, config: { offset: 1 }, steps: ['stats'] },
      )
      assert.ok(streamed?.ok === false)
      assert.match(
        streamed.error.message,
        /half\[0\], step "stats", failed: TypeError: the input has no field "dark", which step "stats" needs/,
      )
    })
  }
})

describe('a pipeline in a pipeline', () => {
  const search = pipeline<{ text: string }>('search')
    .step('find', ({ text }, config: { word: string }) => {
      const at = text.indexOf(config.word)
      if (at < 0) throw new RangeError('not found')
      return at
    })
    .step('show', ({ text, find }) => {
      if (find > 5) throw new RangeError('too far')
      return text.slice(find)
    })
    .finally('ended', ({ text }, { ok, step }) => console.log(`${text}: ${ok} ${step}`))
  const outer = pipeline<{ text: string }>('outer')
    .step('size', ({ text }) => text.length)
    .step('search', search)
    .step('end', ({ search: { show } }) => show.length)

  for (const backend of BACKENDS) {
    it(`is one step, and its steps are called by their way: ${backend}`, async () => {
      const lines: string[] = []
      const results = outer.run([{ text: 'a cat' }, { text: 'a dog' }, { text: 'not a cat' }], {
        backend,
        config: { word: 'cat' },
        logs: { ordered: ({ text }) => lines.push(...text.trim().split('\n')) },
      })
      const [good, missing, far] = await results
      assert.deepEqual(good?.clip, { text: 'a cat', size: 5, search: { find: 2, show: 'cat' }, end: 3 })
      assert.deepEqual(Object.keys(good?.timings ?? {}), ['size', 'search/find', 'search/show', 'search/ended', 'end'])
      assert.ok(missing?.ok === false && far?.ok === false)
      assert.equal(missing.step, 'search/find')
      assert.deepEqual(missing.clip, { text: 'a dog', size: 5, search: {} })
      assert.match(missing.error.message, /^outer\[1\], step "search\/find", failed: RangeError: not found/)
      assert.equal(far.step, 'search/show')
      assert.deepEqual(far.clip, { text: 'not a cat', size: 9, search: { find: 6 } })
      assert.deepEqual(lines, ['a cat: true undefined', 'a dog: false search/find', 'not a cat: false search/show'])
      assert.equal(results.report()['search/show'].failed, 1)
    })
  }
})

describe('finally', () => {
  for (const backend of BACKENDS) {
    it(`runs after each input, and fails one that went well where it throws: ${backend}`, async () => {
      const lines: string[] = []
      const steps = pipeline<{ n: number }>('steps')
        .finally('first', (clip, { ok, error }) => {
          console.log(`${JSON.stringify(clip)} ${ok} ${error?.message ?? ''}`)
          if (clip.n > 0) throw new Error('clean-up failed')
        })
        .step('half', ({ n }) => {
          if (n === 2) throw new RangeError('two')
          return n / 2
        })
        .finally('second', async ({ n }) => {
          await Promise.resolve()
          console.log(`second ${n}`)
        })
      const [good, bad, both] = await steps.run([{ n: 0 }, { n: 1 }, { n: 2 }], {
        backend,
        logs: { ordered: ({ text }) => lines.push(...text.split('\n').filter((line) => /^[{"s]/.test(line))) },
      })
      assert.equal(good?.ok, true)
      assert.ok(bad?.ok === false && both?.ok === false)
      assert.equal(bad.step, 'first')
      assert.deepEqual(bad.clip, { n: 1, half: 0.5 })
      assert.equal(both.step, 'half')
      assert.deepEqual(lines, [
        '{"n":0,"half":0} true ',
        'second 0',
        '{"n":1,"half":0.5} true ',
        'second 1',
        '{"n":2} false steps[2], step "half", failed: RangeError: two',
        '"first" failed, too: Error: clean-up failed',
        'second 2',
      ])
    })
  }
})
