import type { Locate } from '../task/around-call.ts'

/** What a person decides about a call that failed: call it again, go on with its failure, or end the run. */
export type Verdict = 'retry' | 'continue' | 'quit'

/** A call that failed, as the debugger is told of it. */
export interface FailedCall {
  /** Which call it is: `parse[3]`. */
  readonly name: string
  readonly input: unknown
  readonly thrown: unknown
  /** Puts the user's own lines into the stack that it left. */
  readonly mapStack: (stack: string) => string
  /** Finds what the user wrote from where it runs. */
  readonly locate: Locate
  /** Open the inspector of Node in the place of a prompt. */
  readonly inspect: boolean
}
