const { EventEmitter } = require('node:events')
const { inherits } = require('node:util')

/** A class whose members were replaced and added after it was made, as decorators do. */
class Patched {
  plain() {
    return 1
  }
  other() {
    return 2
  }
  get accessor() {
    return 3
  }
  static make() {
    return 4
  }
  static kept() {
    return 5
  }
}
const { value: original } = Object.getOwnPropertyDescriptor(Patched.prototype, 'plain')
Object.defineProperty(Patched.prototype, 'plain', {
  value() {
    return original.call(this) + 100
  },
  configurable: true,
})
Patched.prototype.other = Patched.prototype.plain
Object.defineProperty(Patched.prototype, 'accessor', { get: () => 33 })
Object.defineProperty(Patched.prototype, Symbol.for('key'), { value: () => 'by symbol' })
Patched.make = () => 44
Object.defineProperty(Patched, 'late', { get: () => 9 })
Object.defineProperty(Patched, 'fixed', { value: 8 })

class Frozen {
  static level = 1
}
Frozen.level = 2
Object.freeze(Frozen)

function Emitter() {
  EventEmitter.call(this)
}
inherits(Emitter, EventEmitter)
Emitter.prototype.heard = function () {
  let heard
  this.on('said', (word) => {
    heard = word
  })
  this.emit('said', 'hello')
  return heard
}

function Base() {}
Base.prototype = {
  constructor: Base,
  hi() {
    return 'hi'
  },
}
function Derived() {}
Derived.prototype = Object.create(Base.prototype)
Derived.prototype.yo = () => 'yo'
Object.setPrototypeOf(Derived, { inherited: () => 'of an object' })

const prototype = Patched.prototype
const tools = { math: Math, errors: RangeError.prototype }
const tagged = Object.assign((x) => x, { [Symbol.for('meta')]: { v: 1 } })
const literal = {
  get [Symbol.for('get')]() {
    return this.v
  },
  v: 4,
}

function use() {
  const patched = new Patched()
  return [
    [patched.plain(), patched.other(), patched.accessor, patched[Symbol.for('key')]()],
    [Patched.make(), Patched.kept(), Patched.late, Patched.fixed, Frozen.level, Object.keys(Patched).join()],
    [new Emitter().heard(), new Emitter() instanceof EventEmitter, Emitter.super_ === EventEmitter],
    [new Base().hi(), new Derived().hi(), new Derived().yo(), new Derived() instanceof Base, Derived.inherited()],
    [new Derived().constructor === Base, prototype.accessor, prototype === Patched.prototype],
    [tools.math.max(1, 2), tools.errors === RangeError.prototype],
    [tagged[Symbol.for('meta')].v, literal[Symbol.for('get')]],
  ]
}

function OfSymbol() {}
OfSymbol[Symbol('own')] = 1

function Hidden() {}
Object.defineProperty(Hidden, 'later', { value: Promise.resolve() })

const key = { a: 1 }
const secrets = new WeakMap([[key, 'secret']])
class Keeper {
  read() {
    return secrets.get(key) ?? this
  }
}

async function main() {
  const { map, show } = await import('../helper/map.mjs')
  await show('here', () => [use()])
  for (const backend of ['serial', 'threads', 'processes']) await show(backend, () => map([0], use, { backend }))
  await show('own symbol', () => map([0], () => OfSymbol.name))
  await show('hidden promise', () => map([0], () => Hidden.name))
  await show('keys that are sent', () => map([0], () => new Keeper().read()))
}

main()
