/** Under this name a thread's workers say which task the running code belongs to. One for all copies of the package. */
export const SCOPE: unique symbol = Symbol.for('manyhands.scope')
const WORKER: unique symbol = Symbol.for('manyhands.worker')

const global = globalThis as { [SCOPE]?: () => unknown; [WORKER]?: boolean }

/** Says that this thread is a worker of a pool. */
export function markAsWorker(): void {
  global[WORKER] = true
}

/**
 * Whether the calling code is a task's. What it starts itself runs in its own thread: a shared worker may be the very one
 * that waits for it, and pools of pools would multiply.
 */
export function isNested(): boolean {
  return global[WORKER] === true || global[SCOPE]?.() !== undefined
}
