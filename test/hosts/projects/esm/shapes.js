export const TAU = 6.28

export function double(x) {
  return x * 2
}

export default class Shape {
  sides = 4
}

export function fail(x) {
  throw new RangeError(`no ${x}`)
}
