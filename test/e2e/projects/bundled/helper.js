const FACTOR = 3

export function scale(x) {
  return x * FACTOR
}

export class Point {
  constructor(x) {
    this.x = x
  }

  get twice() {
    return this.x * 2
  }
}
