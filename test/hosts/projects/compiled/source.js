// The other files were compiled from this one, each with a call of the helper at its end.
class Box {
  #seen = 0
  constructor(n) {
    this.n = n
  }
  get twice() {
    this.#seen++
    return this.n * 2
  }
  set twice(value) {
    this.n = value / 2
  }
  get seen() {
    return this.#seen
  }
  half() {
    return this.n / 2
  }
  static of(n) {
    return new this(n)
  }
  *[Symbol.iterator]() {
    yield this.n
    yield this.n + 1
  }
  static count = 7
}
class Big extends Box {
  half() {
    return super.half() + 1000
  }
}
class Wrong extends RangeError {}
async function later(n) {
  await null
  return n * 10
}
const arrow = async (n) => later(await n)
async function use(n) {
  const box = new Box(n)
  box.twice = 10
  const wrong = new Wrong('no')
  return [
    [box.n, box.twice, box.seen, Box.of(4).n, Box.count, Array.from(box)],
    [Big.of(2).half(), Big.of(2) instanceof Box, Object.keys(Big.of(2)), Big.count],
    [wrong instanceof RangeError, wrong.message],
    [await later(n), await later(n + 1), await arrow(n)],
  ]
}
