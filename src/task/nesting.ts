/**
 * The key under which the workers of a thread publish the task that the running code belongs to. The same for all
 * copies of the package.
 */
export const SCOPE: unique symbol = Symbol.for('manyhands.scope')
const WORKER: unique symbol = Symbol.for('manyhands.worker')

const global = globalThis as { [SCOPE]?: () => unknown; [WORKER]?: boolean }

/** Marks this thread as a worker of a pool. */
export function markAsWorker(): void {
  global[WORKER] = true
}

/**
 * Returns true if the calling code belongs to a task. Runs that it starts use its own thread: a shared worker may be
 * the very one that waits for them, and pools of pools would multiply.
 */
export function isNested(): boolean {
  return global[WORKER] === true || global[SCOPE]?.() !== undefined
}
