import { createServer } from 'node:net'

export const TAU: number = 6.28

export function double(x: number): number {
  return x * 2
}

export function twice(x: number): number {
  return double(double(x))
}

export class Shape {
  readonly sides: number = 4
}

/** Cannot travel, and nobody in a task uses it. */
export const server: unknown = createServer()
