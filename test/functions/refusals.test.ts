import assert from 'node:assert/strict'
import { open } from 'node:fs/promises'
import { Socket } from 'node:net'
import { clearTimeout } from 'node:timers'
import { promisify } from 'node:util'

import { legacy } from './support/legacy.js'
import { onEach } from './support/on-each.js'
import { refusal } from './support/refusal.js'

let counter = 0

onEach('a captured variable that is assigned, in each way in which it can be', async (backend) => {
  let total = 0
  let list: number[] = [1]
  const ways: [fn: (x: never) => unknown, variable: string][] = [
    [() => (counter = 1), 'counter'],
    [() => counter++, 'counter'],
    [() => (counter ||= 1), 'counter'],
    [() => ([list] = [[2]]), 'list'],
    [() => ({ a: list = [] } = { a: [3] }), 'list'],
    [() => [1].forEach((x) => (total += x)), 'total'],
    [
      () => {
        for (total of [1, 2]);
      },
      'total',
    ],
  ]
  for (const [fn, variable] of ways) assert.equal((await refusal(fn, backend)).variable, variable)
  assert.deepEqual([counter, total, list], [0, 0, [1]])
})

onEach('the variable, its place, the reason and the remedy are named', async (backend) => {
  const socket = new Socket()
  const error = await refusal(() => socket.destroyed, backend, 'socket.destroyed, backend')
  assert.equal(error.variable, 'socket')
  assert.match(
    error.message,
    /^cannot send "socket" \(captured at .*\): it holds a socket\. Open it inside the task, or use stateful\(\)\.$/,
  )
  const assigned = await refusal(() => (counter = 5), backend, 'counter = 5')
  assert.match(assigned.reason, /assigns/)
})

onEach('a captured function that cannot travel is refused at its own place', async (backend) => {
  const count = (): number => counter++ // here
  const error = await refusal(() => count(), backend, 'counter++ // here')
  assert.equal(error.variable, 'counter')
})

onEach('lexical this, super and new.target', async (backend) => {
  class Base {
    hello(): string {
      return 'hello'
    }
  }
  class Service extends Base {
    scale = 3
    arrow = (x: number): number => x * this.scale
    method(): () => number {
      return () => this.scale
    }
    viaSuper(): () => string {
      return () => super.hello()
    }
    override hello(): string {
      return super.hello()
    }
  }
  function outer(): () => unknown {
    return () => new.target
  }
  const service = new Service()
  const arrow = await refusal(service.arrow, backend)
  assert.equal(arrow.variable, 'this')
  assert.match(arrow.reason, /const \{ scale \} = this/)
  assert.equal((await refusal(service.method(), backend)).variable, 'this')
  assert.equal((await refusal(service.viaSuper(), backend)).variable, 'super')
  assert.equal((await refusal(Service.prototype.hello, backend)).variable, 'super')
  assert.equal((await refusal(outer(), backend)).variable, 'new.target')
})

onEach('a private name of the class around', async (backend) => {
  class Vault {
    #secret = 1
    reader(): (other: Vault) => number {
      return (other) => other.#secret
    }
    own(): number {
      return this.#secret
    }
  }
  assert.equal((await refusal(new Vault().reader(), backend)).variable, '#secret')
  assert.equal((await refusal(Vault.prototype.own, backend)).variable, '#secret')
})

onEach('arguments of the function around', async (backend) => {
  function outer(_first: number): () => unknown {
    return () => arguments[0] as unknown
  }
  assert.equal((await refusal(outer(1), backend)).variable, 'arguments')
})

onEach('bound functions, proxies, natives that nothing leads to', async (backend) => {
  const add = (a: number, b: number): number => a + b
  const plusOne = add.bind(null, 1)
  assert.match((await refusal(plusOne, backend)).reason, /bound/)
  assert.match((await refusal(() => plusOne(2), backend)).reason, /bound/)
  assert.match((await refusal(new Proxy(add, {}), backend)).reason, /Proxy/)
  const wait = promisify((done: () => void) => done())
  assert.equal((await refusal(() => wait(), backend)).variable, 'wait')
  let resolve: ((x: number) => void) | undefined
  void new Promise<number>((done) => (resolve = done))
  assert.match((await refusal(resolve as (x: number) => void, backend)).message, /cannot send/)
})

onEach('a generator function as the task', async (backend) => {
  assert.match(
    (
      await refusal(function* () {
        yield 1
      }, backend)
    ).reason,
    /generator/,
  )
  assert.match((await refusal(async function* () {}, backend)).reason, /generator/)
})

onEach('sockets, handles, timers, promises, weak maps, instances', async (backend) => {
  const socket = new Socket()
  const handle = await open(import.meta.filename)
  const timer = setTimeout(() => {}, 1)
  const promise = Promise.resolve(1)
  const weak = new WeakMap<object, number>()
  const instance = new (class Custom {
    x = 1
  })()
  const deep = { list: [{ socket }] }
  const symbol = Symbol('own')
  try {
    assert.match((await refusal(() => socket.destroyed, backend)).reason, /socket/)
    assert.match((await refusal(() => handle.fd, backend)).reason, /handle/)
    assert.match((await refusal(() => timer.hasRef(), backend)).reason, /handle/)
    assert.match((await refusal(() => promise, backend)).reason, /Promise/)
    assert.match((await refusal(() => weak, backend)).reason, /WeakMap/)
    assert.match((await refusal(() => instance.x, backend)).reason, /Custom.*registerClass/)
    assert.match((await refusal(() => deep.list, backend)).reason, /^deep\.list\[0\]\.socket holds a socket/)
    assert.equal((await refusal(() => symbol, backend)).variable, 'symbol')
  } finally {
    clearTimeout(timer)
    await handle.close()
  }
})

onEach('a variable that has no value yet', async (backend) => {
  const early = await refusal(() => later, backend)
  const later = [3]
  assert.equal(early.variable, 'later')
  assert.match(early.reason, /no value yet/)
  assert.deepEqual(later, [3])
})

onEach('direct eval', async (backend) => {
  assert.equal((await refusal((x: number) => (eval('x + 1') as number) + x, backend)).variable, 'eval')
})

onEach('a closure of a CommonJS file that assigns', async (backend) => {
  const { assigns } = legacy.closures(1)
  assert.ok(assigns)
  const error = await refusal(assigns, backend)
  assert.equal(error.variable, 'calls')
  assert.match(error.place, /legacy\.c[tj]s:\d+$/)
})
