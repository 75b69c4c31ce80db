import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { hostEncoder } from '#manyhands/pool/functions/host-encoder.js'
import type { Item } from '#manyhands/pool/jobs/item.js'
import { Median } from '#manyhands/pool/jobs/median.js'
import type { Assignment } from '#manyhands/run/source/input-chunk.js'
import { InputSource, type InputSourceOptions } from '#manyhands/run/source/input-source.js'
import { Window } from '#manyhands/run/source/window.js'
import { DEFAULT_POLICY } from '#manyhands/task/failure-policy.js'

import { ScriptedBackend } from '../support/scripted-backend.js'
import { functionUse } from '../support/work.js'

const ASSIGNMENT: Assignment = { fn: functionUse(), policy: DEFAULT_POLICY }

/** A source, and the job that it feeds. */
class Fed {
  readonly source: InputSource
  readonly window: Window
  readonly refused: Item[] = []
  #woken = (): void => {}

  constructor(
    inputs: InputSourceOptions['inputs'],
    { window = 1_000, ...options }: Partial<Omit<InputSourceOptions, 'window'>> & { window?: number } = {},
  ) {
    this.window = new Window(window, Infinity, () => {})
    this.source = new InputSource({
      inputs,
      skip: undefined,
      assign: () => ASSIGNMENT,
      spread: false,
      valueOf: (input) => input,
      encoder: undefined,
      ...options,
      window: this.window,
    })
    this.source.attach({
      durations: new Median(),
      open: true,
      wake: () => this.#woken(),
      refuse: (item) => this.refused.push(item),
      hit: () => assert.fail('an input had a result'),
      fail: (error) => assert.fail(`the job failed: ${String(error)}`),
    })
  }

  /** The inputs of the next chunk. */
  take(max = 100): unknown[] {
    const chunk = this.source.take(max)
    return chunk === undefined ? [] : Array.from({ length: chunk.length }, (_, at) => chunk.input(at))
  }

  /** Resolves when the source has something, or has ended. */
  woken(): Promise<void> {
    return new Promise((resolve) => (this.#woken = resolve))
  }
}

function* counting(end = Infinity): Generator<number> {
  for (let i = 0; i < end; i++) yield i
}

describe('the source of a list', () => {
  it('goes on behind inputs that are refused, however many', () => {
    const bad = { f: (): void => {} }
    const encoder = hostEncoder({ sharedMemory: false })
    const fed = new Fed([bad, bad, { n: 1 }, bad, bad, { n: 2 }, bad], { encoder })
    assert.deepEqual([fed.take(1), fed.take(1), fed.take(1)], [[{ n: 1 }], [{ n: 2 }], []])
    assert.equal(fed.refused.length, 5)
    assert.ok(fed.source.exhausted)
  })

  it('a list is given in chunks of at most as many inputs as are asked for', () => {
    const fed = new Fed([1, 2, 3, 4, 5])
    assert.deepEqual([fed.take(2), fed.take(2), fed.take(2), fed.take(2)], [[1, 2], [3, 4], [5], []])
    assert.ok(fed.source.exhausted)
  })

  it('a list is not exhausted before it was asked past its end', () => {
    const fed = new Fed([1])
    assert.deepEqual(fed.take(1), [1])
    assert.equal(fed.source.exhausted, false)
    assert.deepEqual(fed.take(1), [])
    assert.equal(fed.source.exhausted, true)
  })

  it('a list knows how many inputs remain, and how many outcomes there will be', () => {
    const fed = new Fed([1, 2, 3, 4], { skip: (input) => input === 2 })
    assert.deepEqual([fed.source.remaining(), fed.source.size], [4, 4])
    assert.deepEqual(fed.take(2), [1, 3])
    assert.deepEqual([fed.source.remaining(), fed.source.size, fed.source.skipped, fed.source.read], [1, 3, 1, 3])
  })

  it('a source reads no more than the window has room for', () => {
    let read = 0
    const fed = new Fed(
      (function* () {
        for (;;) yield read++
      })(),
      { window: 3 },
    )
    assert.deepEqual(fed.take(), [0, 1, 2])
    assert.deepEqual(fed.take(), [])
    assert.equal(read, 3)
    fed.window.leave(2, 16)
    assert.deepEqual(fed.take(), [3, 4])
  })

  it('skipped inputs have an index and no sequence', () => {
    const fed = new Fed(['a', 'skip', 'b', 'skip', 'c'], { skip: (input) => input === 'skip' })
    const chunk = fed.source.take(9)
    assert.ok(chunk)
    assert.deepEqual(chunk.indexes(), [0, 2, 4])
    assert.deepEqual(
      [0, 1, 2].map((at) => chunk.sequence(at)),
      [0, 1, 2],
    )
  })
})

describe('a source that throws', () => {
  it('a source that throws ends with the error after what was read before', () => {
    const error = new Error('no more')
    const fed = new Fed(
      (function* () {
        yield 1
        throw error
      })(),
    )
    assert.deepEqual(fed.take(), [1])
    assert.ok(fed.source.exhausted)
    assert.equal(fed.source.error?.thrown, error)
  })

  it('a source ends with what skip throws, even if that is undefined', () => {
    const fed = new Fed([1, 2], {
      skip: (input) => {
        if (input === 2) throw undefined
        return false
      },
    })
    assert.deepEqual(fed.take(), [1])
    assert.deepEqual(fed.source.error, { thrown: undefined })
  })

  it('a source ends if its iterator returns no object', () => {
    const broken = { [Symbol.iterator]: () => ({ next: () => 5 }) } as never
    const fed = new Fed(broken)
    assert.deepEqual(fed.take(), [])
    assert.match(String(fed.source.error?.thrown), /inputs: next\(\) returned/)
  })
})

describe('a source whose functions have to be prepared', () => {
  it('an input whose function is not ready holds up those behind it', async () => {
    let ready: ((assignment: Assignment) => void) | undefined
    const fed = new Fed([1, 2, 3], {
      assign: (input) => (input === 2 ? new Promise<Assignment>((resolve) => (ready = resolve)) : ASSIGNMENT),
    })
    assert.deepEqual(fed.take(), [1])
    assert.deepEqual(fed.take(), [])
    assert.equal(fed.source.exhausted, false)
    const woken = fed.woken()
    ready?.(ASSIGNMENT)
    await woken
    assert.deepEqual([...fed.take(), ...fed.take()], [2, 3])
  })

  it('a source ends if a function cannot be prepared', async () => {
    const error = new Error('cannot be captured')
    const fed = new Fed([1], { assign: () => Promise.reject(error) })
    const woken = fed.woken()
    assert.deepEqual(fed.take(), [])
    await woken
    assert.equal(fed.source.error?.thrown, error)
    assert.ok(fed.source.exhausted)
  })
})

describe('a source of values that have to be copied', () => {
  const encoder = hostEncoder(new ScriptedBackend({ sharedMemory: false }).capabilities)

  it('a source sends copies: what the caller changes later is not seen', () => {
    const input = { list: [1] }
    const fed = new Fed([input], { encoder })
    const item = fed.source.take(1)?.item(0)
    input.list.push(2)
    assert.deepEqual(item?.value, { list: [1] })
    assert.equal(item?.input, input)
  })

  it('a source refuses an input that cannot be sent, and goes on behind it', () => {
    const fed = new Fed([1, { f: new WeakMap() }, 3], { encoder })
    assert.deepEqual(fed.take(), [1])
    assert.deepEqual(
      fed.refused.map(({ index, sequence }) => [index, sequence]),
      [[1, 1]],
    )
    const chunk = fed.source.take(9)
    assert.deepEqual([chunk?.input(0), chunk?.index(0), chunk?.sequence(0)], [3, 2, 2])
  })
})

describe('an asynchronous source', () => {
  async function* ticking(end = Infinity): AsyncGenerator<number> {
    for (const n of counting(end)) yield await Promise.resolve(n)
  }

  /** All inputs, as they come. */
  async function all(fed: Fed): Promise<unknown[]> {
    const inputs: unknown[] = []
    for (;;) {
      const woken = fed.woken()
      inputs.push(...fed.take())
      if (fed.source.exhausted) return inputs
      await woken
    }
  }

  it('an asynchronous source gives inputs as they come, and wakes its job for each and for the end', async () => {
    const fed = new Fed(ticking(5))
    assert.deepEqual(fed.take(), [])
    assert.deepEqual(await all(fed), [0, 1, 2, 3, 4])
    assert.equal(fed.source.size, 5)
  })

  it('an asynchronous source is read ahead as far as the window has room', async () => {
    const fed = new Fed(ticking(), { window: 4 })
    fed.take()
    while (fed.source.read < 4) await fed.woken()
    // One more turn, in which it could read on.
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(fed.source.read, 4)
    fed.source.stop()
  })

  it('an asynchronous source ends with its error after what came before', async () => {
    const error = new RangeError('broken')
    const fed = new Fed(
      (async function* () {
        yield await Promise.resolve(1)
        throw error
      })(),
    )
    assert.deepEqual(await all(fed), [1])
    assert.equal(fed.source.error?.thrown, error)
  })

  it('an asynchronous source that is stopped is closed, and gives nothing of what was read ahead', async () => {
    let closed = false
    const fed = new Fed(
      (async function* () {
        try {
          for (;;) yield await Promise.resolve(1)
        } finally {
          closed = true
        }
      })(),
      { window: 3 },
    )
    fed.take()
    while (fed.source.read < 3) await fed.woken()
    fed.source.stop()
    assert.deepEqual(fed.take(), [])
    assert.ok(fed.source.exhausted)
    await new Promise((resolve) => setImmediate(resolve))
    assert.ok(closed)
  })

  it('an asynchronous source whose read never comes back does not hold up a stop', () => {
    const fed = new Fed({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) })
    fed.take()
    fed.source.stop()
    assert.ok(fed.source.exhausted)
  })
})
