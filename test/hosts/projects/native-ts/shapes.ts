export const TAU: number = 6.28

export function double(x: number): number {
  return x * 2
}

export default class Shape {
  readonly sides: number = 4
}

export function fail(x: number): never {
  throw new RangeError(`no ${x}`)
}
