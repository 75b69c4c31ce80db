/* oxlint-disable */
// As TypeScript 5 writes it for ES2021, of source.js.
var __classPrivateFieldGet =
  (this && this.__classPrivateFieldGet) ||
  function (receiver, state, kind, f) {
    if (kind === 'a' && !f) throw new TypeError('Private accessor was defined without a getter')
    if (typeof state === 'function' ? receiver !== state || !f : !state.has(receiver))
      throw new TypeError('Cannot read private member from an object whose class did not declare it')
    return kind === 'm' ? f : kind === 'a' ? f.call(receiver) : f ? f.value : state.get(receiver)
  }
var __classPrivateFieldSet =
  (this && this.__classPrivateFieldSet) ||
  function (receiver, state, value, kind, f) {
    if (kind === 'm') throw new TypeError('Private method is not writable')
    if (kind === 'a' && !f) throw new TypeError('Private accessor was defined without a setter')
    if (typeof state === 'function' ? receiver !== state || !f : !state.has(receiver))
      throw new TypeError('Cannot write private member to an object whose class did not declare it')
    return (kind === 'a' ? f.call(receiver, value) : f ? (f.value = value) : state.set(receiver, value), value)
  }
var _Box_seen
class Box {
  constructor(n) {
    _Box_seen.set(this, 0)
    this.n = n
  }
  get twice() {
    var _a
    __classPrivateFieldSet(this, _Box_seen, ((_a = __classPrivateFieldGet(this, _Box_seen, 'f')), _a++, _a), 'f')
    return this.n * 2
  }
  set twice(value) {
    this.n = value / 2
  }
  get seen() {
    return __classPrivateFieldGet(this, _Box_seen, 'f')
  }
  half() {
    return this.n / 2
  }
  static of(n) {
    return new this(n)
  }
  *[((_Box_seen = new WeakMap()), Symbol.iterator)]() {
    yield this.n
    yield this.n + 1
  }
}
Box.count = 7
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

require('./main-with.cjs').main(use)
