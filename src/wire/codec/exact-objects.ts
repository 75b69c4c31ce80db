/**
 * Marks an object whose own properties are sent as they are defined: hidden ones, accessors, and symbols as keys, too.
 * Members of functions and of prototypes travel so; other objects as structured clone sees them.
 */
export function sendExactly<T extends object>(object: T): T {
  exact.add(object)
  return object
}

export function isSentExactly(object: object): boolean {
  return exact.has(object)
}

const exact = new WeakSet<object>()

/** Copies the own properties of an object that are wanted, as they are defined. */
export function pickMembers(
  from: object,
  isWanted: (key: string | symbol, descriptor: PropertyDescriptor) => boolean,
): object | undefined {
  const picked = {}
  for (const key of Reflect.ownKeys(from)) {
    const descriptor = Object.getOwnPropertyDescriptor(from, key)
    if (descriptor !== undefined && isWanted(key, descriptor)) Object.defineProperty(picked, key, descriptor)
  }
  return Reflect.ownKeys(picked).length > 0 ? sendExactly(picked) : undefined
}
