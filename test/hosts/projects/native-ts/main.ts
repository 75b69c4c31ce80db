import { basename } from 'node:path'

import { map, show } from '../helper/map.mjs'
import Shape, { double, fail, TAU as tau } from './shapes.ts'
import * as shapes from './shapes.ts'

interface Options {
  readonly offset: number
}

const options: Options = { offset: 10 }

await show('exported', () => map([1, 2], double))
await show('closure', () => map([1], (x: number): number => x + options.offset))
await show('imports', () =>
  map([1], (x: number) => [double(x), tau, shapes.TAU, new Shape().sides, basename('/a/b')] as const),
)
await show('dynamic import', () => map([1], async (x: number) => (await import('./shapes.ts')).double(x)))
await show('throws', () =>
  map([1], (x: number) => {
    const y: number = x + options.offset
    throw new Error(`boom ${y}`)
  }),
)
await show('throws by reference', () => map([1], fail))
