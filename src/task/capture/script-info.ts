/** A script that this thread runs. */
export interface ScriptInfo {
  readonly url: string
  readonly isModule: boolean
  /** Where its text starts, for a part of a larger file. */
  readonly startLine: number
  readonly startColumn: number
  /** Whether it runs in the main context of this thread. */
  readonly isMainContext: boolean
  readonly sourceMapUrl: string | undefined
  /** How to tell that the file still has the text that runs. */
  readonly text: { readonly hash: string } | { readonly modified: number }
}
