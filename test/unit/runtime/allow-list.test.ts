import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Guard } from '#manyhands/runtime/guard/guard.js'
import { revive } from '#manyhands/runtime/revive/revive.js'
import { decode } from '#manyhands/wire/codec/decode.js'
import { compactHostFrame } from '#manyhands/wire/protocol/compact-frames.js'
import type { LoadFrame } from '#manyhands/wire/protocol/frames.js'
import type { PortableFunction } from '#manyhands/wire/protocol/portable.js'
import { serialize } from '#manyhands/wire/protocol/v8-bytes.js'

const BASENAME: PortableFunction = { kind: 'builtin', module: 'node:path', path: ['basename'] }
const MADE: PortableFunction = { kind: 'made', name: 'flow', recipe: 'chain', data: 0 }
const SOURCE: PortableFunction = {
  kind: 'source',
  name: 'evil',
  code: '() => process.exit(9)',
  form: 'expression',
  module: 0,
  line: 0,
  column: 0,
  strict: true,
  bindings: {},
}

/** A chain of one step, whose function is the second of the graph. */
function chainOf(
  fn: unknown,
  make: unknown = MADE,
  put = (step: object): unknown => ['function', step, 'fn', 1],
): object {
  const step = { kind: 'apply', name: 'step', fn: undefined, constants: undefined, consumer: undefined }
  return {
    type: 'load',
    fn: 1,
    name: 'flow',
    graph: {
      roots: [0],
      functions: [make, fn],
      modules: [{ url: 'file:///x.js', type: 'module' }],
      values: { value: [{ steps: [step], isMany: false, classes: [] }], specials: [put(step)], bytes: 10 },
    },
    classes: [],
    args: undefined,
    role: 'task',
    construct: undefined,
    copy: true,
    captureOutput: false,
    announce: false,
    measure: false,
  }
}

/** What a guard of a worker with `node:path` makes of a frame: the function, or why not. */
async function sent(frame: object): Promise<((input: string) => unknown) | string> {
  const answer = await new Promise<LoadFrame | string>((resolve, reject) => {
    const guard = new Guard({
      deliver: (passed) => resolve(passed as LoadFrame),
      tell: (told) =>
        resolve(
          told.type === 'load-failed' ? (decode(told.error.value, told.error.specials) as Error).message : told.type,
        ),
    })
    guard.receive({ type: 'allow', modules: [['node:path', 'node:path']], code: false, skew: false })
    try {
      guard.receive({ type: 'packed', body: serialize(compactHostFrame(frame as LoadFrame)) })
    } catch (error) {
      reject(error)
    }
  }).catch((error: Error) => error.message)
  if (typeof answer === 'string') return answer
  const { functions } = await revive(answer.graph)
  return functions[0] as (input: string) => unknown
}

describe('what a guard lets through', () => {
  it('is what this package makes of functions that the worker has', async () => {
    const flow = await sent(chainOf(BASENAME))
    assert.equal(typeof flow === 'string' ? flow : flow('/a/b'), 'b')
  })

  const evil: readonly (readonly [string, RegExp, object])[] = [
    ['a function by value inside', /"evil" cannot be sent by value.*--allow-code/, chainOf(SOURCE)],
    [
      'another module inside',
      /does not run "execSync" of node:child_process/,
      chainOf({ ...BASENAME, module: 'node:child_process', path: ['execSync'] }),
    ],
    [
      'what leads away from a function',
      /does not run "basename.constructor"/,
      chainOf({ ...BASENAME, path: ['basename', 'constructor'] }),
    ],
    ['an inherited name', /does not run "constructor"/, chainOf({ ...BASENAME, path: ['constructor'] })],
    ['globals', /does not run "eval"/, chainOf({ kind: 'global', path: ['eval'] })],
    ['a module by its place', /an unknown module/, chainOf({ kind: 'export', url: 'file:///x.js', name: 'x' })],
    [
      'a getter by value',
      /by value/,
      chainOf(SOURCE, MADE, (step) => ['member', step, 'fn', { get: 1, set: -1, enumerable: true }]),
    ],
    [
      'a function by value in a hidden member',
      /by value/,
      chainOf(SOURCE, MADE, (step) => ['member', step, 'fn', { get: -1, set: 1, enumerable: false }]),
    ],
    ['the prototype of one', /by value/, chainOf(SOURCE, MADE, (step) => ['prototype', step, 'fn', 1])],
    [
      'a part of a module by its place',
      /an unknown module/,
      chainOf({ ...SOURCE, exported: { url: 'file:///x.js', name: 'x', part: 'y' } }),
    ],
    ['a part that is no text', /invalid frame/, chainOf({ ...SOURCE, exported: { url: 'x', name: 'x', part: {} } })],
    ['what opens a store', /does not open stores/, chainOf(BASENAME, { ...MADE, recipe: 'cached-chain' })],
    ['that inside of another', /does not open stores/, chainOf({ ...MADE, recipe: 'cached-pipeline' })],
    ['a recipe that there is not', /invalid frame/, chainOf(BASENAME, { ...MADE, recipe: 'toString' })],
    ['a recipe by a path', /invalid frame/, chainOf(BASENAME, { ...MADE, recipe: '../../x' })],
    ['a function of this process', /invalid frame/, chainOf({ kind: 'live', fn: 1 })],
    [
      'a number of a function that there is not',
      /invalid frame/,
      chainOf(BASENAME, MADE, (step) => ['function', step, 'fn', 2]),
    ],
    ['a name for its number', /invalid frame/, chainOf(BASENAME, MADE, (step) => ['function', step, 'fn', 'map'])],
  ]
  for (const [what, why, frame] of evil) {
    it(`is not ${what}`, async () => {
      assert.match(String(await sent(frame)), why)
    })
  }

  it('is no function that only hides among the others', async () => {
    const frame = chainOf(BASENAME) as { graph: { functions: unknown[]; roots: number[] } }
    frame.graph.functions.push(SOURCE)
    const flow = await sent(frame)
    assert.equal(typeof flow === 'string' ? flow : flow('/a/b'), 'b')
    frame.graph.roots[0] = 2
    assert.match(String(await sent(frame)), /by value/)
  })
})
