import type { BackendOption, Capabilities } from '../../index.ts'

/** The backend that a group of contract tests is about. */
export interface Subject {
  readonly backend: BackendOption
  readonly capabilities: Capabilities
}

/** Resolves to the error that a promise is rejected with. Rejects if it is not. */
export async function failure(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected a failure, and there was none')
}
