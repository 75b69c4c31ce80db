/** Where lines of results go. */
export interface LineTarget {
  /** Hands lines over. Resolves when there is room for more. */
  write(lines: string): Promise<void> | undefined
  /** Resolves when all is written. What was there before stays where the run `failedToStart`. */
  close(failedToStart: boolean): Promise<void>
}
