import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { CaptureError, map } from 'manyhands'

import { capture } from '#manyhands/task/capture/capture.js'
import { fromRecipe } from '#manyhands/task/capture/recipe.js'
import { codeHash } from '#manyhands/task/code/code-hash.js'
import { failure } from '#manyhands/testing/failure.js'

import { BACKENDS } from '../support/each-backend.js'
import { makeChain, type Steps } from '../support/recipes.js'

type Step = (value: number) => unknown

const url = new URL('../support/recipes.js', import.meta.url).href

function chain(...fns: Step[]): Step {
  const data: Steps = { steps: fns.map((fn) => ({ name: fn.name, fn })) }
  return fromRecipe('chain', { url, exportName: 'makeChain', make: makeChain, data }) as Step
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
    const data = { steps: [{ name: 'down', fn: (x: number): unknown => (x > 0 ? again(x - 1) : 'ground') }] }
    const again = fromRecipe('again', { url, exportName: 'makeChain', make: makeChain, data }) as Step
    assert.deepEqual(await map([3], again, { backend: 'threads' }), ['ground'])
  })

  it('is refused with the way to what cannot travel', async () => {
    const open = { socket: process.stdout, fn: Math.abs, name: 'x' }
    const made = fromRecipe('sends', { url, exportName: 'makeChain', make: makeChain, data: { steps: [open] } }) as Step
    const error = await failure(map([1], made, { backend: 'threads' }))
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
