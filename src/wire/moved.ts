const movedValues = new WeakSet<object>()
let used = false

/**
 * Marks a value to be moved to the other side instead of copied: on threads its buffers are transferred, and this side
 * can no longer read them. Other backends copy it. A task whose input was moved cannot run a second time.
 */
export function move<T extends object>(value: T): T {
  movedValues.add(value)
  used = true
  return value
}

export function isMoved(value: object): boolean {
  return used && movedValues.has(value)
}
