/** The callbacks for a signal's abort, and the one listener that calls them. */
interface Listeners {
  readonly callbacks: Set<() => void>
  readonly tell: () => void
}

const listenersOf = new WeakMap<AbortSignal, Listeners>()

/**
 * Calls back when a signal is aborted, until the returned function is called. One listener serves all runs that share
 * a signal: Node warns of a leak from the eleventh on.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, tell } = listeners(signal)
  if (callbacks.size === 0) signal.addEventListener('abort', tell, { once: true })
  callbacks.add(callback)
  return () => {
    callbacks.delete(callback)
    if (callbacks.size === 0) signal.removeEventListener('abort', tell)
  }
}

function listeners(signal: AbortSignal): Listeners {
  let own = listenersOf.get(signal)
  if (own === undefined) {
    const callbacks = new Set<() => void>()
    const tell = (): void => {
      for (const call of callbacks) call()
    }
    listenersOf.set(signal, (own = { callbacks, tell }))
  }
  return own
}
