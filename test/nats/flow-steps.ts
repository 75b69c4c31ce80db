import { existsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { batched, stateful } from 'manyhands'
import { Cache } from 'manyhands/cache'
import { pipeline } from 'manyhands/pipeline'
import { apply, join as joined } from 'manyhands/workflow'

/** Steps, nodes and what is made of them, as workers of these tests are started with. */

export const tenfold = ({ n }: { n: number }): number => n * 10

export const checked = ({ tenfold: value }: { tenfold: number }): number => {
  if (value === 30) throw new RangeError('thirty')
  return value + 1
}

export const byTen = (n: number, _config: unknown): number => n * 10

export const handle = ({ n }: { n: number }) => ({ read: () => n })
export const read = ({ read: value }: ReturnType<typeof handle>, _config: unknown): number => value()

export const half = (n: number, _config: unknown): number => Math.floor(n / 2)
/** More than goes in one message. */
export const large = (n: number, _config: unknown): Float64Array => new Float64Array(100_000).fill(n)
export const sum = (values: Float64Array, { plus }: { plus: number }): number => values.reduce(add) + plus

export const withConfig = ({ checked: value }: { checked: number }, config: { plus: number }): number =>
  value + config.plus

export function spin(): never {
  for (;;);
}

/** Its steps stand in it, and take what only their module has. */
const FACTOR = 3
export const inline = pipeline<{ n: number }>('inline')
  .step('triple', ({ n }) => n * FACTOR)
  .step('blocks', ({ triple }) => (triple === 6 ? spin() : triple), { timeout: 2_000 })
  .step('pid', () => process.pid)

export const length = (text: string): number => text.length
export const add = (a: number, b: number): number => a + b
export const total = (all: readonly number[]): number => all.reduce(add, 0)

export const area = joined((a: number, b: number) => a * b)(
  apply((text: string) => text.length)(['a', 'bc', 'def']),
  [1, 2],
)

/** Called with many items. */
export const lengthsTogether = batched((texts: string[]) => texts.map((text) => [text.length, texts.length]), {
  size: 2,
  maxDelay: Infinity,
})

/** An operator whose batched function has no other name. */
export const halvedTogether = apply(batched((all: number[]) => all.map((x) => x / 2), { size: 2 }))

export class Sums {
  readonly #start: number

  constructor(start: number) {
    this.#start = start
  }

  call(all: readonly number[]): number[] {
    return all.map((x) => this.#start + x)
  }
}

export const summed = batched(stateful(Sums, 10), { size: 2 })

/** An operator whose function has no other name. */
export const halved = apply((x: number) => x / 2)

export class Adder {
  readonly #start: number

  constructor(start: number) {
    this.#start = start
  }

  call(x: number): number {
    return this.#start + x
  }
}

let prepared = 0
export function prepare(): void {
  prepared++
}
export const preparedTimes = (): number => prepared

/** Each process that imports this has a folder of its own. */
export const cache = new Cache(join(tmpdir(), `manyhands-flow-steps-${process.pid}`))

/** Functions that stand in what is exported, with what their results go by. */
export const cubed = cache.wrap(({ n }: { n: number; note: string }) => n ** 3, { key: ({ n }) => n })
export const squares = pipeline<{ n: number; note: string }>('squares').step(
  'square',
  cache.wrap(({ n }: { n: number; note: string }) => n ** 2, { key: ({ n }) => n }),
)

/** Waits, from some input on, until a file is there. */
export async function waiting(input: { readonly n: number; readonly folder: string }): Promise<number> {
  if (input.n >= 3) {
    writeFileSync(join(input.folder, `started-${input.n}`), '')
    while (!existsSync(join(input.folder, 'go'))) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return input.n
}

export const slow = pipeline<{ n: number; folder: string }>('slow').step('value', waiting)
