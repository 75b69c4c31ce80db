/** Called when the process exits, the oldest first. One listener for all: a process may have hundreds of them. */
const callbacks = new Set<() => void>()

function callAll(): void {
  for (const callback of callbacks) callback()
}

/** Calls a function when the process exits. Returns a function that calls it off. */
export function atExit(callback: () => void): () => void {
  if (callbacks.size === 0) process.on('exit', callAll)
  // Of its own, so that the same function may be registered twice.
  const own = (): void => callback()
  callbacks.add(own)
  return () => {
    callbacks.delete(own)
    if (callbacks.size === 0) process.off('exit', callAll)
  }
}
