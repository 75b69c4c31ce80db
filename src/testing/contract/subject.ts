import type { BackendOption, Capabilities } from '../../index.ts'

/** What a group of contract tests is about. */
export interface Subject {
  readonly backend: BackendOption
  readonly capabilities: Capabilities
}

/** What a promise is rejected with. Throws where it is not. */
export async function failure(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected a failure, and there was none')
}
