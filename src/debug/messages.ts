import type { Verdict } from './failed-call.ts'

/** What the controller's thread is started with. */
export interface ControllerStart {
  /** What failed, in lines that are ready to be shown: the first says what, the rest why and for which input. */
  readonly failure: readonly string[]
  /** The stack that it left; empty where what was thrown has none. */
  readonly stack: string
  readonly mode: 'prompt' | 'print' | 'inspect'
  /** Where the code of this package lies. */
  readonly own: string
}

/** What the main thread tells the controller. */
export type ToController =
  /** There is no place to stop at, for this reason. */
  | { readonly type: 'cannot-stop'; readonly why: string }
  /** All is decided. */
  | { readonly type: 'end' }

/** What the controller tells the main thread. */
export type FromController =
  /** The next throws will be seen. */
  | { readonly type: 'ready' }
  | { readonly type: 'unavailable'; readonly why: string; readonly denied: boolean }
  | { readonly type: 'verdict'; readonly verdict: Verdict }
