import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'

import { map } from 'manyhands'

import { Shape } from './fixtures/shapes.js'
import { one, onEach } from './support/on-each.js'

const offset = 10

class Account {
  static #opened = 0
  static readonly #rates = new Map([['gold', 2]])
  static currency = 'EUR'
  static {
    Account.#opened = 1
  }
  #balance: number
  readonly owner: string

  constructor(owner: string, balance = offset) {
    this.owner = owner
    this.#balance = balance
    Account.#opened++
  }

  static get opened(): number {
    return Account.#opened
  }

  get balance(): number {
    return this.#balance
  }

  set balance(value: number) {
    this.#balance = value
  }

  add(n: number): this {
    this.#balance += n * (Account.#rates.get('gold') ?? 1)
    return this
  }

  #secret(): string {
    return `${this.owner}:${this.#balance}`
  }

  reveal(other: Account): string {
    return `${this.#secret()} ${#balance in other} ${other.#balance}`
  }
}

onEach('a class with private and static members', async (backend) => {
  const use = (x: number): unknown => {
    const one = new Account('a').add(x)
    const two = new Account('b', 1)
    two.balance = 7
    return [one.balance, one.reveal(two), Account.opened, Account.currency]
  }
  assert.deepEqual(await map([1], use, { backend }), [[12, 'a:12 true 7', 3, 'EUR']])
  assert.equal(Account.opened, 1)
})

onEach('public statics have their present value', async (backend) => {
  class Settings {
    static level = 1
  }
  Settings.level = 5
  assert.deepEqual(await map([0], () => Settings.level, { backend }), [5])
})

onEach('inheritance: of a captured class, an imported one, a built-in one', async (backend) => {
  class Base {
    readonly x: number
    constructor(x: number) {
      this.x = x
    }
    describe(): string {
      return `Base ${this.x}`
    }
    static make(x: number): Base {
      return new this(x)
    }
  }
  class Derived extends Base {
    override describe(): string {
      return `Derived ${super.describe()}`
    }
  }
  class Square extends Shape {
    constructor() {
      super(4)
    }
  }
  class Loud extends EventEmitter {
    shout(): string {
      let heard = ''
      this.on('shout', (text: string) => (heard = text))
      this.emit('shout', 'hey')
      return heard
    }
  }
  class Wrong extends RangeError {
    readonly code = 'E_WRONG'
  }
  const use = (x: number): unknown => {
    const wrong = new Wrong('no')
    return [
      Derived.make(x).describe(),
      Derived.make(x) instanceof Base,
      new Square().sides,
      new Loud().shout(),
      wrong instanceof RangeError && wrong.code,
    ]
  }
  assert.deepEqual(await map([1], use, { backend }), [['Derived Base 1', true, 4, 'hey', 'E_WRONG']])
})

onEach('a class expression, and a class that refers to itself', async (backend) => {
  const Counter = class Self {
    static made = 0
    readonly id = ++Self.made
    next(): number {
      return new Self().id
    }
  }
  assert.deepEqual(await map([0], () => new Counter().next(), { backend }), [2])
})

onEach('accessors, symbols as names, and instance checks', async (backend) => {
  class Range implements Iterable<number> {
    readonly #end: number
    constructor(end: number) {
      this.#end = end
    }
    *[Symbol.iterator](): Generator<number> {
      for (let i = 0; i < this.#end; i++) yield i
    }
    static [Symbol.hasInstance](value: unknown): boolean {
      return value === 'special'
    }
    get [Symbol.toStringTag](): string {
      return 'Range'
    }
  }
  const use = (n: number): unknown => [
    [...new Range(n)],
    Object.prototype.toString.call(new Range(0)),
    ('special' as unknown) instanceof Range,
  ]
  assert.deepEqual(await map([3], use, { backend }), [[[0, 1, 2], '[object Range]', true]])
})

onEach('a static method as the task', async (backend) => {
  class Tools {
    static double(x: number): number {
      return x * 2
    }
  }
  assert.equal(await one(map([2], (x) => Tools.double(x), { backend })), 4)
})
