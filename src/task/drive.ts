import { isThenable } from '../util/callbacks.ts'
/** Work that may wait: it yields promises, and gets their values. */
export type Work<T> = Generator<unknown, T, unknown>

/** Does work at once as far as nothing has to be waited for: steps that only compute cost no promise. */
export function drive<T>(work: Work<T>): T | Promise<T> {
  let next = work.next()
  while (next.done !== true) {
    if (isThenable(next.value)) return waitingFor(work, next.value)
    next = work.next(next.value)
  }
  return next.value
}

async function waitingFor<T>(work: Work<T>, first: PromiseLike<unknown>): Promise<T> {
  let pending: unknown = first
  for (;;) {
    const next = await resume(work, pending)
    if (next.done === true) return next.value
    pending = next.value
  }
}

async function resume<T>(work: Work<T>, pending: unknown): Promise<IteratorResult<unknown, T>> {
  let value: unknown
  try {
    value = await pending
  } catch (thrown) {
    return work.throw(thrown)
  }
  return work.next(value)
}
