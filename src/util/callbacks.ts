/** Wraps a user's callback: what it throws goes to `onThrow` instead of to the code that calls it. */
export function guarded<A extends readonly unknown[]>(
  callback: (...args: A) => void,
  onThrow: (thrown: unknown) => void,
): (...args: A) => void {
  return (...args) => {
    try {
      callback(...args)
    } catch (thrown) {
      onThrow(thrown)
    }
  }
}

/** Tells promises, and anything else that can be awaited, from values. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
