import { basename } from 'node:path'

import { map, show } from '../helper/map.mjs'
import settings from './settings.json' with { type: 'json' }
import Shape, { double, fail, TAU as tau } from './shapes.js'
import * as shapes from './shapes.js'

const offset = 10
const names = new Map([['a', 1]])

class Box {
  #n
  constructor(n) {
    this.#n = n
  }
  get n() {
    return this.#n + offset
  }
}

function factorial(n) {
  return n < 2 ? 1 : n * factorial(n - 1)
}

await show('exported', () => map([1, 2], double))
await show('closure', () => map([1], (x) => x + offset + names.get('a')))
await show('imports', () =>
  map([1], (x) => [double(x), tau, shapes.TAU, new Shape().sides, basename('/a/b'), settings.level]),
)
await show('class', () => map([1], (x) => new Box(x).n))
await show('recursion', () => map([4], factorial))
await show('meta', () => map([1], () => basename(import.meta.url)))
await show('dynamic import', () => map([1], async (x) => (await import('./shapes.js')).double(x)))
await show('throws', () =>
  map([1], (x) => {
    const y = x + offset
    throw new Error(`boom ${y}`)
  }),
)
await show('throws in one line', () => map([{}], (x) => x.missing.part))
await show('throws by reference', () => map([1], fail))
let counter = 0
await show('refused', () => map([1], () => counter++))
