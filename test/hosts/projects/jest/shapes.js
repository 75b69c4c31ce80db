import { createServer } from 'node:net'

import { FACTOR, factor } from './factor.js'

export const TAU = 6.28

export function scaled(x) {
  return [x * factor(), x * FACTOR]
}

export class Shape {
  sides = 4
}

/** Cannot travel, and nobody in a task uses it. */
export const server = createServer()
