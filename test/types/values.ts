import { expectTypeOf } from 'expect-type'
import { availableWorkers, currentTask, map, move, product, registerClass, shared, withDefaults } from 'manyhands'

/** Marks keep the type of what they mark. */
export function marks(): void {
  expectTypeOf(shared(new Float32Array(2))).toEqualTypeOf<Float32Array<ArrayBuffer>>()
  expectTypeOf(shared(new BigInt64Array(2))).toEqualTypeOf<BigInt64Array<ArrayBuffer>>()
  expectTypeOf(move(new Uint8Array(2))).toEqualTypeOf<Uint8Array<ArrayBuffer>>()
  expectTypeOf(move({ image: new ArrayBuffer(2), name: 'a' })).toEqualTypeOf<{ image: ArrayBuffer; name: string }>()
  expectTypeOf(map([move(new Uint8Array(2))], (bytes) => bytes.length).toArray()).toEqualTypeOf<Promise<number[]>>()
  // @ts-expect-error an array of numbers is no typed array
  shared([1, 2])
  // @ts-expect-error a number cannot be moved
  move(5)
}

/** Tuples of all combinations. */
export function combinations(): void {
  expectTypeOf(product([1], ['a'])).toExtend<Iterable<[number, string]>>()
  expectTypeOf(product([1], new Set(['a']), 'xy')).toExtend<Iterable<[number, string, string]>>()
  expectTypeOf(map(product([1], ['a']), (n, s) => s.repeat(n), { spread: true }).toArray()).toEqualTypeOf<
    Promise<string[]>
  >()
  // @ts-expect-error not iterable
  product([1], 2)
}

/** What a task knows of itself. */
export function task(): void {
  const { name, index, attempt, key, worker, signal, log } = currentTask()
  expectTypeOf(name).toEqualTypeOf<string>()
  expectTypeOf([index, attempt]).toEqualTypeOf<number[]>()
  expectTypeOf(key).toEqualTypeOf<string>()
  expectTypeOf(worker).toEqualTypeOf<{ readonly id: number; readonly slot: number }>()
  expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
  expectTypeOf(log).returns.toEqualTypeOf<void>()
}

class Money {
  readonly cents: number
  constructor(cents: number) {
    this.cents = cents
  }
}

/** What goes over the wire has one type on both sides. */
export function classes(): void {
  registerClass(Money, {
    name: 'Money',
    encode: (money) => money.cents,
    decode: (cents) => {
      expectTypeOf(cents).toEqualTypeOf<number>()
      return new Money(cents)
    },
  })
  // @ts-expect-error makes something else
  registerClass(Money, { name: 'Money', encode: (money) => money.cents, decode: (cents) => cents })
  // @ts-expect-error no name
  registerClass(Money, { encode: (money) => money.cents, decode: (cents) => new Money(cents) })
}

/** Settings. */
export function settings(): void {
  expectTypeOf(availableWorkers(-1)).toEqualTypeOf<number>()
  expectTypeOf(withDefaults({ workers: 2 }, async () => 'a')).toEqualTypeOf<Promise<string>>()
  // @ts-expect-error a signal belongs to one run
  withDefaults({ signal: AbortSignal.abort() }, () => 1)
}
