import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { CaptureError, map } from 'manyhands'

import { capture } from '#manyhands/task/capture/capture.js'
import { fromRecipe } from '#manyhands/task/capture/reference/recipe.js'
import { codeHash } from '#manyhands/task/code/code-hash.js'
import { failure } from '#manyhands/testing/contract/subject.js'
import type { ChainParts } from '#manyhands/workflow/chain/chain-step.js'
import { makeChain } from '#manyhands/workflow/chain/make-chain.js'

import { BACKENDS } from '../support/each-backend.js'

type Step = (value: number) => unknown

function stepsOf(...fns: Step[]): ChainParts {
  const steps = fns.map((fn) => ({
    kind: 'apply' as const,
    name: fn.name,
    fn: fn as (...args: unknown[]) => unknown,
    constants: undefined,
    consumer: undefined,
  }))
  return { steps, isMany: false, classes: [] }
}

function made(name: string, data: ChainParts): Step {
  return fromRecipe(name, { recipe: 'chain', make: makeChain, data }) as Step
}

function chain(...fns: Step[]): Step {
  return made('chain', stepsOf(...fns))
}

async function hashOf(fn: Step): Promise<string> {
  return codeHash([{ graph: await capture([fn]), args: undefined, construct: undefined }])
}

describe('a function that is made of data', () => {
  for (const backend of BACKENDS) {
    it(`is made again in a worker, with the functions in its data: ${backend}`, async () => {
      const offset = 5
      const inner = chain((x) => x + offset, Math.sqrt)
      assert.deepEqual(
        await map(
          [4, 11],
          chain(inner, (x) => x * 2),
          { backend },
        ),
        [6, 8],
      )
    })
  }

  it('is called here as it is', async () => {
    assert.equal(await chain(Math.abs, (x) => x + 1)(-2), 3)
  })

  it('may be part of its own data', async () => {
    const again = made(
      'again',
      stepsOf((x) => (x > 0 ? again(x - 1) : 'ground')),
    )
    assert.deepEqual(await map([3], again, { backend: 'threads' }), ['ground'])
  })

  it('is refused with the way to what cannot travel', async () => {
    const { steps, ...rest } = stepsOf(Math.abs)
    const sends = made('sends', { ...rest, steps: steps.map((step) => ({ ...step, socket: process.stdout })) })
    const error = await failure(map([1], sends, { backend: 'threads' }))
    assert.ok(error instanceof CaptureError)
    assert.match(error.message, /sends\.steps\[0\]\.socket/)
    assert.match(error.message, /recipe\.test/)
  })

  it('has a code hash that goes by its data', async () => {
    const adding = (n: number): Step => chain((x) => x + n)
    const one = await hashOf(adding(1))
    assert.equal(one, await hashOf(adding(1)))
    assert.notEqual(one, await hashOf(adding(2)))
    assert.notEqual(one, await hashOf(chain((x) => x - 1)))
  })
})
