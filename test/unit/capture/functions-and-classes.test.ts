import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'

import { capture } from '#manyhands/task/capture/capture.js'
import { ClassRegistry } from '#manyhands/wire/codec/class-registry.js'

import { callInWorker, roundTrip } from './support/round-trip.js'

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1)
}

function isEven(n: number): boolean {
  return n === 0 ? true : isOdd(n - 1)
}

function isOdd(n: number): boolean {
  return n === 0 ? false : isEven(n - 1)
}

test('recursion by name', async () => {
  assert.equal(await roundTrip(factorial, 5), 120)
  const local = (n: number): number => (n === 0 ? 0 : 1 + local(n - 1))
  assert.equal(await roundTrip(local, 4), 4)
})

test('functions that call each other', async () => {
  assert.equal(await roundTrip(isEven, 10), true)
  assert.equal(await roundTrip((n: number) => isOdd(n), 10), false)
})

test('a generic function', async () => {
  const identity = <T>(value: T): T => value
  const pick = <T, K extends keyof T>(from: T, key: K): T[K] => identity(from[key])
  assert.equal(await roundTrip(() => pick({ a: 5 }, 'a')), 5)
})

test('functions as arguments and as results of captured functions', async () => {
  const twice = (fn: (x: number) => number) => (x: number) => fn(fn(x))
  const inc = (x: number): number => x + 1
  assert.equal(await roundTrip((x: number) => twice(inc)(x), 1), 3)
  const added = twice(inc)
  assert.equal(await roundTrip((x: number) => added(x), 1), 3)
})

test('methods, getters and setters of captured literals', async () => {
  const base = 100
  const key = 'computed'
  const meter = {
    reading: 1,
    get total() {
      return this.reading + base
    },
    set total(value: number) {
      this.reading = value - base
    },
    add(n: number) {
      this.reading += n
      return this
    },
    [`${key}Name`]() {
      return key
    },
    async *stream() {
      yield this.reading
    },
    'quoted name'() {
      return 'quoted'
    },
  }
  const result = await roundTrip(async () => {
    meter.add(2).total += 10
    const streamed: number[] = []
    for await (const one of meter.stream()) streamed.push(one)
    return [meter.reading, meter.total, streamed, meter['computedName']?.(), meter['quoted name'](), meter.add.name]
  })
  assert.deepEqual(result, [13, 113, [13], 'computed', 'quoted', 'add'])
})

test('own properties of functions', async () => {
  const cached = Object.assign((x: number): number => cached.cache.get(x) ?? -1, { cache: new Map([[1, 10]]) })
  assert.equal(await roundTrip(cached, 1), 10)
  assert.equal(await roundTrip(cached, 2), -1)
})

test('functions and classes that refer to themselves in what was given to them', async () => {
  interface Linked {
    (): boolean
    self?: Linked
    byName?: Map<string, Linked>
  }
  const linked: Linked = () => linked.self === linked && linked.byName?.get('x') === linked
  linked.self = linked
  linked.byName = new Map([['x', linked]])
  class Named {
    static readonly byName: unknown = { Named }
    static readonly ids = new Map([[Named, 1]])
  }
  assert.equal(await roundTrip(linked), true)
  assert.deepEqual(await roundTrip(() => [linked(), Named.ids.get(Named)]), [true, 1])
})

test('classes with private and static members', async () => {
  class Counter {
    static readonly step: number = 2
    static #made = 0
    #count: number
    constructor(start: number) {
      this.#count = start
      Counter.#made++
    }
    static get made(): number {
      return Counter.#made
    }
    next(): this {
      this.#count += Counter.step
      return this
    }
    get value(): number {
      return this.#count
    }
    #secret(): string {
      return 'secret'
    }
    reveal(): string {
      return this.#secret() + (#count in this)
    }
  }
  const result = await roundTrip(() => {
    const counter = new Counter(1).next().next()
    return [counter.value, Counter.made, counter.reveal(), counter instanceof Counter]
  })
  assert.deepEqual(result, [5, 1, 'secrettrue', true])
})

test('classes that extend others, of the program and of the runtime', async () => {
  class Animal {
    readonly name: string
    constructor(name: string) {
      this.name = name
    }
    speak(): string {
      return `${this.name} speaks`
    }
  }
  class Dog extends Animal {
    override speak(): string {
      return `${super.speak()} loudly`
    }
  }
  class Failure extends RangeError {
    override name = 'Failure'
  }
  class Bus extends EventEmitter {}
  const mixin = (Base: typeof Animal): typeof Animal =>
    class extends Base {
      override speak(): string {
        return `mixed ${super.speak()}`
      }
    }
  class Cat extends mixin(Animal) {}
  const result = await roundTrip(() => {
    let heard = ''
    new Bus().on('word', (word: string) => (heard = word)).emit('word', 'hi')
    const failure = new Failure('no')
    return [
      new Dog('Rex').speak(),
      new Dog('Rex') instanceof Animal,
      new Cat('Tom').speak(),
      heard,
      `${failure}`,
      failure instanceof RangeError,
    ]
  })
  assert.deepEqual(result, ['Rex speaks loudly', true, 'mixed Tom speaks', 'hi', 'Failure: no', true])
})

test('static blocks run again, and may use other captured functions and classes', async () => {
  const compute = (n: number): number => helper(n) + 1
  const helper = (n: number): number => new Unit(n).value
  class Unit {
    readonly value: number
    static readonly unit: string = 'm'
    constructor(value: number) {
      this.value = value
    }
  }
  const table = new Map([['a', 5]])
  class Registry {
    static total = 0
    static readonly self = (): typeof Registry => Registry
    static {
      this.total = compute(table.get('a') ?? 0) + Unit.unit.length
    }
  }
  assert.deepEqual(await roundTrip(() => [Registry.total, Registry.self() === Registry]), [7, true])
})

test('public static fields have their present value, where that can travel', async () => {
  class Config {
    static level = 1
    static added: string | undefined
    static readonly handle: unknown = new WeakMap()
    static readonly instance: Config = new Config()
  }
  Config.level = 9
  Config.added = 'later'
  const result = await roundTrip(() => [
    Config.level,
    Config.added,
    Config.handle instanceof WeakMap,
    Config.instance instanceof Config,
  ])
  assert.deepEqual(result, [9, 'later', true, true])
})

test('a class that refers to itself and to what is declared after it', async () => {
  class Node {
    readonly next: Node | undefined
    constructor(depth: number) {
      this.next = depth === 0 ? undefined : new Node(depth - 1)
    }
    length(): number {
      return measure(this)
    }
  }
  function measure(node: Node): number {
    return node.next === undefined ? 1 : 1 + measure(node.next)
  }
  assert.equal(await roundTrip(() => new Node(3).length()), 4)
})

test('a class inside a captured object is the same class as outside', async () => {
  class Point {
    readonly x: number = 1
  }
  const registry = { Point, list: [Point] }
  assert.equal(
    await roundTrip(() => registry.Point === Point && registry.list[0] === Point && new registry.Point().x === 1),
    true,
  )
})

test('prototypes that were extended by hand', async () => {
  function Old(this: { n: number }, n: number): void {
    this.n = n
  }
  Old.prototype.get = function (this: { n: number }): number {
    return this.n
  }
  const make = Old as unknown as new (n: number) => { get(): number }
  assert.equal(await roundTrip((n: number) => new make(n).get(), 3), 3)
})

test('functions and classes as tasks together keep their identity', async () => {
  class Token {}
  const isToken = (make: () => unknown): boolean => make() instanceof Token
  const make = (): unknown => new Token()
  assert.equal(await callInWorker(await capture([isToken as never, make])), true)
})

test('instances of registered classes may be captured', async () => {
  class Money {
    readonly cents: number
    constructor(cents: number) {
      this.cents = cents
    }
  }
  const encode = (money: Money): number => money.cents
  const decode = (cents: number): Money => new Money(cents)
  const classes = new ClassRegistry()
  classes.add(Money.prototype, { name: 'Money', encode: encode as never, decode: decode as never })
  const price = new Money(250)
  const isMoney = (): boolean => price instanceof Money && price.cents === 250
  const graph = await capture([isMoney, Money, encode, decode], { classes })
  assert.equal(await callInWorker(graph, [], [['Money', 1, 2, 3]]), true)
})

test('private methods cannot be tasks, methods can', async () => {
  class Tool {
    static scale(x: number): number {
      return x * 2
    }
    run(x: number): number {
      return x + 1
    }
  }
  assert.equal(await roundTrip(Tool.scale, 2), 4)
  assert.equal(await roundTrip(Tool.prototype.run, 2), 3)
})
