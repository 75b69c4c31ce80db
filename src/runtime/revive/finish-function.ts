import type { SourceFunction } from '../../wire/protocol/portable.ts'

/** Gives a function its name, the members that it has beyond its source, and what it inherits from. */
export function finish(fn: SourceFunction, made: object, values: readonly unknown[]): void {
  const name = Object.getOwnPropertyDescriptor(made, 'name')
  if (name?.configurable === true && typeof name.value === 'string' && name.value !== fn.name)
    Object.defineProperty(made, 'name', { ...name, value: fn.name })
  if (fn.inherits !== undefined) Object.setPrototypeOf(made, values[fn.inherits] as object | null)
  if (fn.properties !== undefined) copyMembers(values[fn.properties] as object, made)
  const { prototype } = made as { prototype: object }
  if (fn.prototypeInherits !== undefined)
    Object.setPrototypeOf(prototype, values[fn.prototypeInherits] as object | null)
  if (fn.prototype === undefined) return
  Reflect.deleteProperty(prototype, 'constructor')
  copyMembers(values[fn.prototype] as object, prototype)
}

function copyMembers(from: object, to: object): void {
  for (const key of Reflect.ownKeys(from)) {
    const descriptor = Object.getOwnPropertyDescriptor(from, key) as PropertyDescriptor
    const present = Object.getOwnPropertyDescriptor(to, key)
    if (present?.configurable !== false) Object.defineProperty(to, key, descriptor)
    else if (present.writable === true) Object.defineProperty(to, key, { value: descriptor.value as unknown })
  }
}
