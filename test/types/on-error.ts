import { expectTypeOf } from 'expect-type'
import { map, type Results, stateful, type TaskError } from 'manyhands'

class Square {
  call(x: number): number {
    return x * x
  }
}

/** What takes a failed task's place has its type among the values. */
export function words(): void {
  expectTypeOf(map([1], (x) => x, { onError: 'throw' })).toEqualTypeOf<Results<number, number>>()
  expectTypeOf(map([1], (x) => x, { onError: 'collect' })).toEqualTypeOf<Results<number, number>>()
  expectTypeOf(map([1], (x) => x, { onError: 'return' })).toEqualTypeOf<Results<number | TaskError, number>>()
  expectTypeOf(map([1], (x) => x, { onError: undefined }).toArray()).toEqualTypeOf<Promise<number[]>>()
}

/** A function gives a value in its place, with or without looking at the error. */
export function handlers(): void {
  expectTypeOf(map([1], (x) => x, { onError: () => null }).toArray()).toEqualTypeOf<Promise<(number | null)[]>>()
  expectTypeOf(map([1], (x) => x, { onError: (error) => error.code }).toArray()).toEqualTypeOf<
    Promise<(number | string)[]>
  >()
  expectTypeOf(map([1], (x) => x, { onError: (error) => error.task.index }).toArray()).toEqualTypeOf<
    Promise<number[]>
  >()
  expectTypeOf(map([1], (x) => x, { onError: (error: TaskError) => [error.message] }).toArray()).toEqualTypeOf<
    Promise<(number | string[])[]>
  >()
  const handler = (error: TaskError): bigint => BigInt(error.attempts)
  expectTypeOf(map([1], (x) => x, { onError: handler }).toArray()).toEqualTypeOf<Promise<(number | bigint)[]>>()
  // @ts-expect-error a handler gets a TaskError
  map([1], (x) => x, { onError: (error: string) => error })
}

/** The same with args, with spread, and with stateful workers. */
export function combined(): void {
  expectTypeOf(
    map([1], (x: number, y: string) => x + y, { args: ['a'], onError: (error) => error.attempts }).toArray(),
  ).toEqualTypeOf<Promise<(string | number)[]>>()
  const pairs = [[1, 2]] as [number, number][]
  expectTypeOf(map(pairs, (a, b) => a + b, { spread: true, onError: () => 'none' }).toArray()).toEqualTypeOf<
    Promise<(number | string)[]>
  >()
  expectTypeOf(map([1], stateful(Square), { onError: 'return' }).toArray()).toEqualTypeOf<
    Promise<(number | TaskError)[]>
  >()
  expectTypeOf(map([1], stateful(Square), { onError: (error) => error.code }).toArray()).toEqualTypeOf<
    Promise<(number | string)[]>
  >()
}

/** Where the word is not known before the run, all that it may bring is in the type. */
export function chosenLate(word: 'throw' | 'return'): void {
  expectTypeOf(map([1], (x) => x, { onError: word }).toArray()).toEqualTypeOf<Promise<(number | TaskError)[]>>()
}
