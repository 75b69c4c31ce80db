import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { mapStack } from '#manyhands/runtime/revive/map-stack.js'
import { revive } from '#manyhands/runtime/revive/revive.js'
import { capture } from '#manyhands/task/capture/capture.js'
import { PACKAGE_ROOT } from '#manyhands/util/own-package.js'
import type { SourceFunction } from '#manyhands/wire/protocol/portable.js'

import { double } from './fixtures/tasks.js'
import { callInWorker } from './support/round-trip.js'

const here = 'test/unit/capture/stacks.test.ts'

async function stackOf(fn: (...args: never[]) => unknown, ...args: unknown[]): Promise<string[]> {
  const graph = await capture([fn])
  const error = (await callInWorker(graph, args).then(
    () => assert.fail('it did not throw'),
    (thrown: unknown) => thrown,
  )) as Error
  return (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
}

/** The line of this file that an error made here points at. */
function lineOf(error: Error): number {
  return Number(/stacks\.test\.[jt]s:(\d+)/.exec(mapStack(error.stack ?? ''))?.[1])
}

test('an error in the first line of a function, and in a later one', async () => {
  const base = lineOf(new Error('here'))
  const [first] = await stackOf((x: { y: { z: number } }) => x.y.z, {})
  const [later] = await stackOf((x: number) => {
    const y = x + double(x)
    throw new Error(`later ${y}`)
  }, 1)
  assert.ok(first?.includes(`${here}:${base + 1}:`), first)
  assert.ok(later?.includes(`${here}:${base + 4}:`), later)
})

test('columns are those of the source, also after import.meta', async () => {
  const text = 'x'
  const fn = (): never => { void import.meta.url; void text; throw new Error('column') } // prettier-ignore
  const graph = await capture([fn])
  const [source] = graph.functions as [SourceFunction]
  const column = source.column + source.code.indexOf('new Error') + 1
  const error = (await callInWorker(graph).catch((thrown: unknown) => thrown)) as Error
  // The worker maps to TypeScript; what it ran stands in the same column of the compiled file.
  assert.match(error.stack ?? '', new RegExp(`${here.replaceAll('.', '\\.')}:\\d+:\\d+`))
  const { functions } = await revive(structuredClone(graph))
  assert.throws(functions[0] as () => never, ({ stack }: Error) => stack?.includes(`:${column}`) === true)
})

test('a method, a class and a captured helper have their own lines', async () => {
  const base = lineOf(new Error('here'))
  const literal = {
    run(): never {
      throw new Error('method')
    },
  }
  class Thrower {
    readonly value: number
    constructor(value: number) {
      this.value = value
      if (value > 0) throw new Error('constructor')
    }
  }
  const helper = (): never => {
    throw new Error('helper')
  }
  const [inMethod] = await stackOf(() => literal.run())
  const [inClass] = await stackOf(() => new Thrower(1))
  const [inHelper] = await stackOf(() => helper())
  assert.ok(inMethod?.includes(`${here}:${base + 3}:`), inMethod)
  assert.ok(inClass?.includes(`${here}:${base + 10}:`), inClass)
  assert.ok(inHelper?.includes(`${here}:${base + 14}:`), inHelper)
})

test('frames of the package and of the runtime are taken off the end, and only there', () => {
  const stack = [
    'Error: x',
    '    at work (/app/tasks.js:1:2)',
    '    at Array.map (<anonymous>)',
    '    at outer (/app/tasks.js:3:4)',
    `    at Executor.run (${new URL('runtime/executor.js', PACKAGE_ROOT).href}:5:6)`,
    '    at AsyncLocalStorage.run (node:async_hooks:346:14)',
    `    at only (${fileURLToPath(new URL('../src/runtime/functions/loaded-function.ts', PACKAGE_ROOT))}:30:44)`,
    '    at node:internal/process/task_queues:95:5',
  ].join('\n')
  assert.equal(
    mapStack(stack),
    'Error: x\n    at work (/app/tasks.js:1:2)\n    at Array.map (<anonymous>)\n    at outer (/app/tasks.js:3:4)',
  )
})

test('source maps inside files and beside them, given by data or by name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stacks-'))
  try {
    const map = JSON.stringify({ version: 3, sources: ['../src/written.ts'], names: [], mappings: 'AAAA;AAIA' })
    const beside = join(folder, 'beside.js')
    const inside = join(folder, 'inside.js')
    await writeFile(join(folder, 'beside.js.map'), map)
    await writeFile(beside, 'one\ntwo\n//# sourceMappingURL=beside.js.map\n')
    const data = Buffer.from(map).toString('base64')
    await writeFile(inside, `one\ntwo\n//# sourceMappingURL=data:application/json;base64,${data}`)
    const written = pathToFileURL(join(folder, '../src/written.ts')).href
    for (const file of [beside, pathToFileURL(inside).href]) {
      assert.equal(mapStack(`Error: x\n    at f (${file}:2:1)`), `Error: x\n    at f (${written}:5:1)`)
      assert.equal(mapStack(`Error: x\n    at async ${file}:2:1`), `Error: x\n    at async ${written}:5:1`)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('code that was compiled on loading is traced through the map that came along', () => {
  const sourceMap = JSON.stringify({ version: 3, sources: ['/app/main.ts'], names: [], mappings: 'AAAA;AAIA' })
  const url = 'file:///app/main.ts'
  const stack = `Error: x\n    at f (${url}?by-value:2:1)\n    at g (${url}?by-value:99:1)`
  const mapped = mapStack(stack, [{ url, type: 'module', sourceMap }])
  assert.match(mapped, /at f \(file:\/\/\/app\/main\.ts:5:1\)/)
  assert.ok(!mapped.includes('by-value'))
})

test('what is no stack of the usual form is left as it is', () => {
  for (const stack of ['', 'Error', 'thrown by hand', 'Error: a\nb (c:1:2)\n    at Object.<anonymous> (native)'])
    assert.equal(mapStack(stack), stack)
})
