import { expectTypeOf } from 'expect-type'
import { map, type Results, type Stateful, stateful } from 'manyhands'

class Square {
  readonly offset: number
  constructor(offset: number) {
    this.offset = offset
  }
  async init(): Promise<void> {}
  call(x: number): number {
    return x * x + this.offset
  }
  async close(): Promise<void> {}
}

class Lookup {
  async call(word: string, language: 'en' | 'de'): Promise<string[]> {
    return [word, language]
  }
}

class Nothing {
  run(x: number): number {
    return x
  }
}

export function one(): void {
  expectTypeOf(stateful(Square, 1)).toEqualTypeOf<Stateful<[x: number], number>>()
  expectTypeOf(stateful(Lookup)).toEqualTypeOf<Stateful<[word: string, language: 'en' | 'de'], string[]>>()
  expectTypeOf(map([1], stateful(Square, 1))).toEqualTypeOf<Results<number, number>>()
  expectTypeOf(map(['a'], stateful(Lookup), { args: ['de'] })).toEqualTypeOf<Results<string[], string>>()
  const pairs = [['a', 'de']] as [string, 'de'][]
  expectTypeOf(map(pairs, stateful(Lookup), { spread: true }).toArray()).toEqualTypeOf<Promise<string[][]>>()
  // @ts-expect-error inputs of another type
  map(['a'], stateful(Square, 1))
  // @ts-expect-error the second argument is missing
  map(['a'], stateful(Lookup))
  // @ts-expect-error the second argument is another
  map(['a'], stateful(Lookup), { args: ['fr'] })
  // @ts-expect-error a constructor's argument of another type
  stateful(Square, 'x')
  // @ts-expect-error a constructor's argument is missing
  stateful(Square)
  // @ts-expect-error no method `call`
  stateful(Nothing)
}

export function aList(): void {
  expectTypeOf(map([1], [stateful(Square, 1), stateful(Square, 2)])).toEqualTypeOf<Results<number, number>>()
  const many = [0, 1, 2].map((offset) => stateful(Square, offset))
  expectTypeOf(map([1], many)).toEqualTypeOf<Results<number, number>>()
  // @ts-expect-error functions are not given as a list
  map([1], [(x: number) => x])
}
