import type { Verdict } from './failed-call.ts'

/** The data that the controller's thread is started with. */
export interface ControllerStart {
  /** The description of the failure in lines: the first names it, the others its causes and the input. */
  readonly failure: readonly string[]
  /** The stack of the failure; empty if the thrown value has none. */
  readonly stack: string
  readonly mode: 'prompt' | 'print' | 'inspect'
  /** The location of this package's code. */
  readonly own: string
}

/** A message from the main thread to the controller. */
export type ToController =
  /** There is no place to stop at. */
  | { readonly type: 'cannot-stop'; readonly why: string }
  /** Everything is decided. */
  | { readonly type: 'end' }

/** A message from the controller to the main thread. */
export type FromController =
  /** Throws are being watched. */
  | { readonly type: 'ready' }
  | { readonly type: 'unavailable'; readonly why: string; readonly denied: boolean }
  | { readonly type: 'verdict'; readonly verdict: Verdict }
