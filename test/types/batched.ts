import { expectTypeOf } from 'expect-type'
import { batched, map, type Pool, type Results, stateful, task, type Task } from 'manyhands'

const lengths = batched(async (texts: string[]) => texts.map((text) => text.length), { size: 32 })

class Model {
  readonly file: string
  constructor(file: string) {
    this.file = file
  }
  async call(images: Buffer[]): Promise<{ label: string }[]> {
    return images.map(() => ({ label: this.file }))
  }
}

class Sums {
  call(numbers: number[], more: bigint): (bigint | Error)[] {
    return numbers.map((n) => BigInt(n) + more)
  }
}

/** Its type is that of a function of one input. */
export function one(pool: Pool): void {
  expectTypeOf(lengths).toEqualTypeOf<(input: string) => Promise<number>>()
  expectTypeOf(map(['a'], lengths)).toEqualTypeOf<Results<number, string>>()
  expectTypeOf(pool.run(lengths, 'a')).toEqualTypeOf<Promise<number>>()
  expectTypeOf(task(lengths)('a')).toEqualTypeOf<Task<number>>()
  const classify = batched(stateful(Model, 'm.onnx'), { size: 16, maxDelay: 5, split: false })
  expectTypeOf(classify).toEqualTypeOf<(input: Buffer) => Promise<{ label: string }>>()
  // @ts-expect-error inputs of another type
  map([1], lengths)
  // @ts-expect-error the size is missing
  batched((texts: string[]) => texts, {})
  // @ts-expect-error no function of an array
  batched((text: number) => text, { size: 2 })
  // @ts-expect-error it returns no array
  batched((texts: string[]) => texts.length, { size: 2 })
}

/** Errors in the place of results are no results; typed arrays are arrays. */
export function results(): void {
  const parse = batched((texts: string[]) => texts.map((text) => (text === '' ? new RangeError('empty') : 1)), {
    size: 2,
  })
  expectTypeOf(parse).toEqualTypeOf<(input: string) => Promise<1>>()
  const halves = batched((numbers: number[]) => Float32Array.from(numbers), { size: 2 })
  expectTypeOf(halves).toEqualTypeOf<(input: number) => Promise<number>>()
}

/** Constants follow the input. */
export function constants(): void {
  const sums = batched(stateful(Sums), { size: 8 })
  expectTypeOf(sums).toEqualTypeOf<(input: number, more: bigint) => Promise<bigint>>()
  expectTypeOf(map([1], sums, { args: [2n] })).toEqualTypeOf<Results<bigint, number>>()
  // @ts-expect-error the constant is missing
  map([1], sums)
}
