import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { map } from 'manyhands'
import { Cache, file } from 'manyhands/cache'
import { pipeline } from 'manyhands/pipeline'
import { apply } from 'manyhands/workflow'

import { Scratch } from '#manyhands/testing/scratch.js'

type Doc = ReturnType<typeof file>

/** Reads a file that is saved anew just before. */
function readSaved({ path }: Doc): string {
  const text = readFileSync(path, 'utf8')
  if (text === 'old') writeFileSync(path, 'new')
  return readFileSync(path, 'utf8')
}

/** Calls twice with a file that is saved while the first call runs: the second one is about the old content again. */
async function poisoned(call: (doc: Doc, cache: Cache) => Promise<unknown>): Promise<void> {
  using scratch = new Scratch()
  const path = scratch.file('doc.txt')
  const cache = new Cache(scratch.file('cache'))
  writeFileSync(path, 'old')
  assert.equal(await call(file(path), cache), 'new')
  assert.equal(cache.stats().stored, 0)
  // Its digest is the key of the first call.
  writeFileSync(path, 'old')
  assert.equal(await call(file(path), cache), 'new')
  // The file stays as it is now: this result is stored.
  assert.equal(await call(file(path), cache), 'new')
  assert.equal(await call(file(path), cache), 'new')
  assert.equal(readFileSync(path, 'utf8'), 'new')
}

describe('a result of a file that was saved during the call is not stored', () => {
  it('of a call', () => poisoned((doc, cache) => cache.wrap(readSaved)(doc)))

  it('of a call whose key is made by hand', () =>
    poisoned((doc, cache) => cache.wrap(readSaved, { key: ({ path }) => [file(path)] })(doc)))

  for (const backend of ['serial', 'threads', 'processes'] as const) {
    it(`of a run on ${backend}`, () =>
      poisoned(async (doc, cache) => (await map([doc], readSaved, { backend, cache, workers: 1 }))[0]))

    it(`of a run on ${backend} with the file as a constant`, () =>
      poisoned(
        async (doc, cache) =>
          (await map([0], (_, constant: Doc) => readSaved(constant), { backend, cache, workers: 1, args: [doc] }))[0],
      ))

    it(`of a step on ${backend}`, () =>
      poisoned(async (doc, cache) => {
        const steps = pipeline<{ doc: Doc }>('steps').step('text', ({ doc: input }) => readSaved(input), {
          cache: true,
        })
        const [outcome] = await steps.run([{ doc }], { backend, cache, workers: 1 })
        return outcome?.ok === true && outcome.clip.text
      }))

    it(`of a node on ${backend}`, () =>
      poisoned(async (doc, cache) => (await apply(readSaved)([doc]).run({ backend, cache, workers: 1 }))[0]))
  }
})

describe('a stored result that names a file', () => {
  it('counts as an argument with the content that the file has then', async () => {
    using scratch = new Scratch()
    const path = scratch.file('doc.txt')
    const cache = new Cache(scratch.file('cache'))
    const read = apply(({ path: from }: Doc) => readFileSync(from, 'utf8'))
    const run = async (): Promise<unknown> =>
      (await read(apply((name: string) => file(name))([path])).run({ backend: 'serial', cache }))[0]
    writeFileSync(path, 'one')
    assert.equal(await run(), 'one')
    writeFileSync(path, 'two')
    assert.equal(await run(), 'two')
  })
})
