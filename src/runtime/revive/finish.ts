import type { SourceFunction } from '../../wire/portable.ts'

/** Gives a function its name and what was added to it and to its prototype after it was made. */
export function finish(fn: SourceFunction, made: object, values: readonly unknown[]): void {
  const name = Object.getOwnPropertyDescriptor(made, 'name')
  if (name?.configurable === true && typeof name.value === 'string' && name.value !== fn.name)
    Object.defineProperty(made, 'name', { ...name, value: fn.name })
  if (fn.properties !== undefined) copyMembers(values[fn.properties] as object, made)
  if (fn.prototype !== undefined) copyMembers(values[fn.prototype] as object, (made as { prototype: object }).prototype)
}

function copyMembers(from: object, to: object): void {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(from))) {
    const present = Object.getOwnPropertyDescriptor(to, name)
    const enumerable = present?.enumerable ?? true
    if (present?.configurable !== false) Object.defineProperty(to, name, { ...descriptor, enumerable })
    else if (present.writable === true) Object.defineProperty(to, name, { value: descriptor.value })
  }
}
