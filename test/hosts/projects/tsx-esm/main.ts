import { basename } from 'node:path'

import Shape, { Color, double, fail, TAU as tau } from './shapes'
import * as shapes from './shapes'

interface Options {
  readonly offset: number
}

const options: Options = { offset: 10 }

class Box {
  readonly #n: number
  static readonly unit: string = 'm'
  constructor(n: number) {
    this.#n = n
  }
  get n(): string {
    return `${this.#n + options.offset}${Box.unit}`
  }
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1)
}

const nothing = [1].find((x) => x > 1)

async function main(): Promise<void> {
  const { map, show } = await import('../helper/map.mjs')
  await show('exported', () => map([1, 2], double))
  await show('closure', () => map([1], (x: number) => x + options.offset))
  await show('imports', () =>
    map([1], (x: number) => [double(x), tau, shapes.TAU, new Shape().sides, basename('/a/b'), Color.Red]),
  )
  await show('inner function', () =>
    map([1], async (x: number): Promise<number> => {
      const inner = (y: number): number => y + tau
      return inner(x)
    }),
  )
  await show('class', () => map([1], (x: number) => new Box(x).n))
  await show('recursion', () => map([4], factorial))
  await show('dynamic import', () => map([1], async (x: number) => (await import('./shapes')).double(x)))
  await show('throws', () =>
    map([1], (x: number) => {
      const y: number = x + options.offset
      throw new Error(`boom ${y}`)
    }),
  )
  await show('throws by reference', () => map([1], fail))
  await show('not yet', () => map([1], () => later))
  await show('perhaps not yet', () => map([1], () => found))
  await show('undefined by itself', () => map([1], () => nothing))
  const later = 1
  const found = [1].find((x) => x > 0)
  let counter = 0
  await show('refused', () => map([1], () => counter++))
}

main()
