import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { map, type MapOptions, Pool, type Results, stateful, task } from 'manyhands'
import { Cache } from 'manyhands/cache'
import { pipeline } from 'manyhands/pipeline'
import { apply, source } from 'manyhands/workflow'

import { Scratch } from '#manyhands/testing/scratch.js'

import { caller, Whose, whose } from './fixtures/caller.js'

const CALLERS = ['one', 'two', 'three']

/** The calls for each caller, and in whose context they were made. */
class Seen {
  readonly #seen = new Map<string, Set<string | undefined>>()

  note(what: string): void {
    const stores = this.#seen.get(what) ?? new Set()
    this.#seen.set(what, stores.add(caller.getStore()))
  }

  /** Fails unless all these were called, in no context but this. */
  all(who: string, what: readonly string[]): void {
    for (const one of what) assert.deepEqual([...(this.#seen.get(one) ?? [])], [who], `${one} of ${who}`)
    for (const [one, stores] of this.#seen) assert.deepEqual([...stores], [who], `${one} of ${who}`)
  }
}

/** Does something for several callers beside each other, each in a context of its own. */
async function forEachCaller(work: (seen: Seen) => Promise<readonly string[]>): Promise<void> {
  await Promise.all(
    CALLERS.map((who) =>
      caller.run(who, async () => {
        const seen = new Seen()
        seen.all(who, await work(seen))
      }),
    ),
  )
}

const INPUTS = Array.from({ length: 40 }, (_, i) => i)

/** Options all of whose callbacks note their context. */
function noting(seen: Seen) {
  return {
    skip: (_, index) => (seen.note('skip'), index === 3),
    onError: () => (seen.note('onError'), -1),
    onEvent: () => seen.note('onEvent'),
    progress: () => seen.note('progress'),
    logs: () => seen.note('logs'),
    observe: [{ attempts: () => seen.note('observe'), runEnded: () => seen.note('runEnded') }],
    retries: { times: 1, when: () => (seen.note('when'), true) },
  } satisfies MapOptions<number>
}
const CALLBACKS = ['skip', 'onError', 'onEvent', 'progress', 'logs', 'observe', 'runEnded', 'when']

function* generated(seen: Seen): Generator<number> {
  try {
    for (const one of INPUTS) yield ((seen.note('input'), one))
  } finally {
    seen.note('return')
  }
}

async function* generatedLate(seen: Seen): AsyncGenerator<number> {
  for (const one of INPUTS) {
    if (one % 10 === 0) await sleep(1)
    yield ((seen.note('async input'), one))
  }
}

const printing = async (x: number): Promise<number> => {
  console.log(x)
  await Promise.resolve()
  if (x === 7) throw new Error('no')
  return x
}

describe('what a run calls is called in the context of its caller', () => {
  for (const backend of ['serial', 'threads', 'processes'] as const) {
    it(`callbacks, and inputs of a run on ${backend}`, async () => {
      await using pool = new Pool({ backend, workers: 2 })
      await forEachCaller(async (seen) => {
        await pool.map(generated(seen), printing, noting(seen))
        await pool.map(generatedLate(seen), printing, noting(seen))
        return [...CALLBACKS, 'input', 'return', 'async input']
      })
    })

    it(`callbacks of a run on the shared ${backend}`, () =>
      forEachCaller(async (seen) => {
        await map(generated(seen), printing, { ...noting(seen), backend })
        return [...CALLBACKS, 'input']
      }))

    it(`the sources of workflows, and nodes that run here beside ${backend}`, () =>
      forEachCaller(async (seen) => {
        const numbers = source(() => generated(seen))
        const here = apply((x: number) => (seen.note('local node'), x), { local: true })
        await here(apply((x: number) => x + 1)(numbers)).run({ backend, onEvent: () => seen.note('onEvent') })
        return ['input', 'local node', 'onEvent']
      }))
  }

  it('tasks that run here, and what they start', async () => {
    await using pool = new Pool({ backend: 'serial' })
    const type = task(whose)
    await forEachCaller(async (seen) => {
      const queue = pool.queue<readonly (string | undefined)[]>()
      for (const _ of INPUTS) await queue.push(type())
      const popped = INPUTS.map(() => queue.pop())
      const runs = INPUTS.map(() => pool.run(whose))
      const mapped = await pool.map(INPUTS, whose, { concurrency: 4 })
      const made = await map(INPUTS, stateful(Whose), { backend: 'serial' })
      for (const of of [...(await Promise.all([...popped, ...runs])), ...mapped, ...made])
        for (const store of of) caller.run(store ?? 'nobody', () => seen.note('task'))
      await map(INPUTS, async () => seen.note(`live ${String((await whose())[1] === caller.getStore())}`), {
        backend: 'serial',
        copy: false,
        concurrency: 4,
      })
      return ['task', 'live true']
    })
  })

  it('a run that is read by another', async () => {
    const seen = new Seen()
    const results = caller.run('one', () => map(generated(seen), (x) => x, { backend: 'serial', ...noting(seen) }))
    await caller.run('two', async () => await results)
    seen.all('one', ['input', 'skip', 'progress', 'onEvent'])
  })

  it('keys and codecs of caches, and the steps of pipelines', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    await forEachCaller(async (seen) => {
      const codec = {
        name: 'json',
        encode: (value: unknown) => (seen.note('encode'), Buffer.from(JSON.stringify(value))),
        decode: (bytes: Uint8Array) => JSON.parse(String(bytes)) as number,
      }
      const cached = cache.wrap((x: number) => x, {
        version: caller.getStore() ?? '',
        codec,
        key: (x) => (seen.note('key'), x),
      })
      await map(INPUTS, cached, { backend: 'serial' })
      const steps = pipeline<{ n: number }>('steps')
        .step('one', ({ n }) => (seen.note('step'), n))
        .finally('end', () => seen.note('finally'))
      await (steps.run(
        INPUTS.map((n) => ({ n })),
        { backend: 'serial', copy: false },
      ) as Results<unknown>)
      return ['encode', 'key', 'step', 'finally']
    })
  })
})
