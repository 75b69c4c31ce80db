import { expectTypeOf } from 'expect-type'
import { Pool, reduce, reducer, type Reducer, type SettledReduction, stateful } from 'manyhands'

class Sums {
  readonly #factor: number
  constructor(factor: number) {
    this.#factor = factor
  }
  initial(): { total: number } {
    return { total: 0 }
  }
  add(sums: { total: number }, input: number): void {
    sums.total += input * this.#factor
  }
  combine(a: { total: number }, b: { total: number }): { total: number } {
    return { total: a.total + b.total }
  }
}

/** The accumulator is what `initial` makes, and `add` knows the inputs. */
export function accumulators(): void {
  const counts = reduce(['a b'], {
    initial: () => new Map<string, number>(),
    add: (all, text) => {
      expectTypeOf(text).toEqualTypeOf<string>()
      all.set(text, 1)
    },
    combine: (a, b) => new Map([...a, ...b]),
  })
  expectTypeOf(counts).toEqualTypeOf<Promise<Map<string, number>>>()
  const settled = reduce.settled([1, 2], { initial: () => 0, add: (a, b) => a + b, combine: (a, b) => a + b })
  expectTypeOf(settled).toEqualTypeOf<Promise<SettledReduction<number>>>()
  const slow = reduce([1], {
    initial: async () => [1],
    add: async (a, b) => [...a, b],
    combine: (a, b) => [...a, ...b],
  })
  expectTypeOf(slow).toEqualTypeOf<Promise<number[]>>()
}

/** `args` are the last arguments of each function; a class brings its own. */
export function constants(): void {
  const scaled = reduce(
    [1, 2],
    {
      initial: () => 0,
      add: (sum: number, x: number, factor: number) => sum + x * factor,
      combine: (a: number, b: number) => a + b,
    },
    { args: [10] },
  )
  expectTypeOf(scaled).toEqualTypeOf<Promise<number>>()
  expectTypeOf(reduce([1, 2], stateful(Sums, 2))).toEqualTypeOf<Promise<{ total: number }>>()
  expectTypeOf(new Pool().reduce([1, 2], stateful(Sums, 2))).toEqualTypeOf<Promise<{ total: number }>>()
}

/** The result of `reducer` has the types of its functions, and is taken like the plain object. */
export function reducers(): void {
  const counts = reducer({
    initial: () => new Map<string, number>(),
    add: (all, text: string) => {
      expectTypeOf(all).toEqualTypeOf<Map<string, number>>()
      all.set(text, 1)
    },
    combine: (a, b) => new Map([...a, ...b]),
  })
  expectTypeOf(counts).toEqualTypeOf<Reducer<string, Map<string, number>>>()
  expectTypeOf(reduce(['a b'], counts)).toEqualTypeOf<Promise<Map<string, number>>>()
  expectTypeOf(new Pool().reduce(['a b'], counts)).toEqualTypeOf<Promise<Map<string, number>>>()
  const scaled = reducer({
    initial: (factor: number) => Math.min(0, factor),
    add: (sum: number, x: number, factor: number) => sum + x * factor,
    combine: (a: number, b: number, factor: number) => Math.max(a + b, factor),
  })
  expectTypeOf(reduce([1, 2], scaled, { args: [10] })).toEqualTypeOf<Promise<number>>()
  // @ts-expect-error: the inputs are no strings.
  void reduce([1], counts)
  // @ts-expect-error: combine is missing.
  reducer({ initial: () => 0, add: (a: number, b: number) => a + b })
}

/** Mistakes. */
export function mistakes(): void {
  // @ts-expect-error: combine is missing.
  void reduce([1], { initial: () => 0, add: (a: number, b: number) => a + b })
  const strings = { initial: () => '', add: (a: string, b: string) => a + b, combine: (a: string, b: string) => a + b }
  // @ts-expect-error: the inputs are no strings.
  void reduce([1], strings)
  const sum = { initial: () => 0, add: (a: number, b: number) => a + b, combine: (a: number, b: number) => a + b }
  // @ts-expect-error: a reduction has one result.
  void reduce([1], sum, { ordered: false })
}
