import assert from 'node:assert/strict'

import { map, registerClass, SerializationError, stateful, TaskError, withPool } from 'manyhands'

import { one, onEach } from './support/on-each.js'

class Money {
  readonly #cents: bigint
  readonly currency: string

  constructor(cents: bigint, currency: string) {
    this.#cents = cents
    this.currency = currency
  }

  get cents(): bigint {
    return this.#cents
  }

  plus(other: Money): Money {
    return new Money(this.#cents + other.cents, this.currency)
  }
}

class Overdrawn extends RangeError {
  readonly missing: Money

  constructor(missing: Money) {
    super(`${missing.cents} ${missing.currency} are missing`)
    this.name = 'Overdrawn'
    this.missing = missing
  }
}

class Ledger {
  readonly #sum: Money
  constructor(start: Money) {
    this.#sum = start
  }
  call(money: Money): Money {
    return this.#sum.plus(money)
  }
}

registerClass(Money, {
  name: 'test/Money',
  encode: (money) => [money.cents, money.currency] as const,
  decode: ([cents, currency]) => new Money(cents, currency),
})
registerClass(Overdrawn, {
  name: 'test/Overdrawn',
  encode: (error) => error.missing,
  decode: (missing) => new Overdrawn(missing),
})

const euro = (cents: bigint): Money => new Money(cents, 'EUR')

onEach('instances as inputs and results, also deep inside', async (backend) => {
  const [sum] = await map([euro(1n)], (money) => money.plus(money), { backend })
  assert.ok(sum instanceof Money)
  assert.equal(sum.cents, 2n)
  const nested = await one(
    map([{ list: [euro(1n)], byName: new Map([['a', euro(2n)]]) }], ({ list, byName }) => [...list, byName.get('a')], {
      backend,
    }),
  )
  assert.deepEqual(
    nested.map((money) => money instanceof Money && money.cents),
    [1n, 2n],
  )
})

onEach('captured, in args, in spread inputs, in constructor arguments of stateful workers', async (backend) => {
  const fee = euro(3n)
  const sums = [
    await one(map([1n], (n) => fee.plus(euro(n)), { backend })),
    await one(map([euro(1n)], (a: Money, b: Money) => a.plus(b), { backend, args: [fee] })),
    await one(map([[euro(2n), fee] as const], (a, b) => a.plus(b), { backend, spread: true })),
    await one(map([euro(4n)], stateful(Ledger, fee), { backend })),
  ]
  assert.deepEqual(
    sums.map((sum) => sum instanceof Money && sum.cents),
    [4n, 4n, 5n, 7n],
  )
})

onEach('errors: instanceof holds, what they carry too', async (backend) => {
  const pay = (money: Money): never => {
    throw new Error('payment failed', { cause: new Overdrawn(money) })
  }
  const error = await map([euro(5n)], pay, { backend }).then(
    () => assert.fail('it was paid'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof TaskError)
  const { cause } = error.cause as Error
  assert.ok(cause instanceof Overdrawn)
  assert.ok(cause instanceof RangeError)
  assert.equal(cause.missing.cents, 5n)
  assert.equal(cause.message, '5 EUR are missing')
  assert.ok((error.input as Money) instanceof Money)
})

onEach('single calls and pools know them', async (backend) => {
  await withPool({ backend, workers: 1 }, async (pool) => {
    const sum = await pool.run((a: Money, b: Money) => a.plus(b), euro(1n), euro(2n))
    assert.ok(sum instanceof Money)
    assert.equal(sum.cents, 3n)
  })
})

onEach('an instance of a subclass that is not registered is refused', async (backend) => {
  class Cash extends Money {}
  const error = await map([[new Cash(1n, 'EUR')]], (x) => x, { backend }).then(
    () => assert.fail('it was sent'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof SerializationError, String(error))
  assert.equal(error.path, 'input[0]')
})
