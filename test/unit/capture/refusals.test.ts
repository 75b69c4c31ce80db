import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { capture } from '#manyhands/task/capture/capture.js'

import { refusal, roundTrip } from './support/round-trip.js'

const here = 'test/unit/capture/refusals.test.ts'

let counter = 0

test('a function that assigns a captured variable', async () => {
  let local: number[] = [1]
  let total = 0
  const cases: [(...args: never[]) => unknown, string][] = [
    [() => (counter = 1), 'counter'],
    [() => (counter += 1), 'counter'],
    [() => counter++, 'counter'],
    [() => (counter ||= 1), 'counter'],
    [() => ([local] = [[2]]), 'local'],
    [() => ({ a: local = [] } = { a: [3] }), 'local'],
    [
      () => {
        for (total of [1, 2]);
      },
      'total',
    ],
    [() => [1].forEach((x) => (total += x)), 'total'],
  ]
  for (const [fn, variable] of cases) {
    const error = await refusal(fn)
    assert.equal(error.name, 'CaptureError')
    assert.equal(error.variable, variable)
    assert.match(error.reason, /assigns it/)
  }
  assert.deepEqual([local, total], [[1], 0])
})

test('a captured function that assigns a variable, at its own place', async () => {
  const count = (): number => counter++
  const error = await refusal(() => count())
  assert.equal(error.variable, 'counter')
  assert.match(error.message, new RegExp(`^cannot send "counter" \\(captured at ${here}:\\d+\\): `))
})

test('this, super, new.target, arguments and private names of the code around', async () => {
  class Base {
    hello(): string {
      return 'hello'
    }
  }
  class Service extends Base {
    scale = 3
    #secret = 1
    arrow = (x: number): number => x * this.scale
    usesThis(): () => number {
      return () => this.scale
    }
    usesDestructured(): () => number {
      return () => {
        const { scale } = this
        return scale
      }
    }
    usesSuper(): () => string {
      return () => super.hello()
    }
    usesPrivate(): (other: Service) => number {
      return (other) => other.#secret + this.#secret
    }
    withSuper(): string {
      return super.hello()
    }
  }
  function outer(): { target: () => unknown; args: () => unknown } {
    return { target: () => new.target, args: () => arguments[0] as unknown }
  }
  const service = new Service()
  const literal = {
    run(): string {
      return super.toString()
    },
  }
  assert.match((await refusal(service.arrow)).reason, /const \{ scale \} = this/)
  assert.equal((await refusal(service.usesThis())).variable, 'this')
  assert.match((await refusal(service.usesDestructured())).reason, /const \{ scale \} = this/)
  assert.equal((await refusal(service.usesSuper())).variable, 'super')
  assert.equal((await refusal(Service.prototype.withSuper)).variable, 'super')
  assert.equal((await refusal(literal.run)).variable, 'super')
  const error = await refusal(service.usesPrivate())
  assert.equal(error.variable, '#secret')
  assert.match(error.reason, /const secret = this\.#secret/)
  assert.equal((await refusal(outer().target)).variable, 'new.target')
  assert.equal((await refusal(outer().args)).variable, 'arguments')
})

test('a function with a this of its own is none of these', async () => {
  const fn = function (this: unknown): boolean {
    return this === undefined
  }
  assert.equal(await roundTrip(() => fn.call(undefined)), true)
  assert.equal(await roundTrip(() => (() => typeof this)()), 'undefined')
})

test('direct eval', async () => {
  const error = await refusal((x: number) => (eval('x + 1') as number) + x)
  assert.equal(error.variable, 'eval')
})

test('bound functions, generator functions as tasks, proxies, native functions', async () => {
  function add(a: number, b: number): number {
    return a + b
  }
  function* numbers(): Generator<number> {
    yield 1
  }
  assert.match((await refusal(add.bind(null, 1))).reason, /bound function/)
  assert.match((await refusal(numbers)).reason, /generator function/)
  assert.match((await refusal(async function* () {})).reason, /generator function/)
  assert.match((await refusal(new Proxy(add, {}))).reason, /Proxy/)
  const wait = promisify((done: () => void) => done())
  assert.equal((await refusal(() => wait())).variable, 'wait')
  const bound = add.bind(null, 1)
  const error = await refusal(() => bound(2))
  assert.equal(error.variable, 'bound')
  assert.ok(error.message.includes(here))
})

test('values that cannot travel are named with the way to them', async () => {
  const db = new Socket()
  const config = { db, list: [1, { db }] }
  const weak = new WeakMap()
  const promise = Promise.resolve(1)
  const symbol = Symbol('mine')
  const error = await refusal(() => db.destroyed)
  assert.equal(
    error.message.replace(/:\d+\)/, ':0)'),
    `cannot send "db" (captured at ${here}:0): it holds a socket. Open it inside the task, or use stateful().`,
  )
  const nested = await refusal(() => config.list)
  assert.equal(nested.variable, 'config')
  assert.match(nested.reason, /^config\.db holds a socket\. /)
  assert.match((await refusal(() => weak)).reason, /WeakMap/)
  assert.match((await refusal(() => promise)).reason, /is a Promise\. Await it first\./)
  assert.match((await refusal(() => symbol)).reason, /Symbol\.for/)
  class Custom {}
  const instance = { inner: new Custom() }
  assert.match((await refusal(() => instance)).reason, /^instance\.inner is an instance of Custom\. .*registerClass/)
  db.destroy()
})

test('a function inside a value that cannot travel is named with the way to it', async () => {
  const tools = { list: [Math.max.bind(null, 1)] }
  const error = await refusal(() => tools.list)
  assert.equal(error.variable, 'tools.list[0]')
  assert.match(error.reason, /bound function/)
})

test('what a captured function captures is named by that function', async () => {
  const socket = new Socket()
  const inner = (): boolean => socket.destroyed
  const error = await refusal(() => inner())
  assert.equal(error.variable, 'socket')
  socket.destroy()
})

test('variables that have no value yet', async () => {
  const early = [() => later, () => computed, () => Later, () => list]
  const errors = await Promise.all(early.map((fn) => refusal(fn)))
  const later = 3
  const computed = [1].find((x) => x > 3)
  class Later {}
  const list = [1]
  assert.deepEqual(
    errors.map((error) => error.variable),
    ['later', 'computed', 'Later', 'list'],
  )
  for (const error of errors) assert.match(error.reason, /no value yet/)
  assert.deepEqual(await roundTrip(() => [later, computed, Later.name, list]), [3, undefined, 'Later', [1]])
})

test('a variable of a function that has ended may hold undefined', async () => {
  const make = (): (() => unknown) => {
    const nothing = [1].find((x) => x > 3)
    return () => nothing
  }
  assert.equal(await roundTrip(make()), undefined)
})

test('variables of the file that have no value yet, or hold undefined', async () => {
  const script = `
    import { capture } from '#manyhands/task/capture/capture.js'
    const attempt = async (fn) => {
      try { await capture([fn], { calledAt: new Error() }); console.log('sent') } catch (error) { console.log(error.variable) }
    }
    const nothing = [].find(Boolean)
    function main() { return attempt(() => nothing) }
    await attempt(() => later)
    await attempt(() => maybe)
    await attempt(() => nothing)
    await main()
    const later = 1
    const maybe = [].find(Boolean)
    await attempt(() => [later, maybe])
  `
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  assert.equal(stderr, '')
  assert.deepEqual(stdout.trim().split('\n'), ['later', 'maybe', 'sent', 'sent', 'sent'])
})

test('nothing is sent when one of several functions is refused', async () => {
  await assert.rejects(capture([(x: number) => x, () => counter++]), { name: 'CaptureError', code: 'MH_CAPTURE' })
})

test('without permission for the inspector the flag is named, and references go on working', () => {
  const script = `
    import { capture } from '#manyhands/task/capture/capture.js'
    import { readFile } from 'node:fs/promises'
    const k = 1
    try { await capture([() => k]); console.log('sent') } catch (error) { console.log(error.code, error.message) }
    const graph = await capture([Math.sqrt, readFile])
    console.log(graph.functions.map((fn) => fn.path.join('.')).join())
  `
  const flag = Number.parseInt(process.versions.node, 10) < 22 ? '--experimental-permission' : '--permission'
  const flags = [flag, '--allow-fs-read=*', '--no-warnings', '--input-type=module']
  const { stdout } = spawnSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' })
  const [refused = '', path] = stdout.trim().split('\n')
  assert.match(refused, /^MH_UNSUPPORTED .*--allow-inspector.*tasksOf/)
  assert.equal(path, 'Math.sqrt,readFile')
})
