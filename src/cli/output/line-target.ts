/** Where lines of results go. */
export interface LineTarget {
  /**
   * Hands lines over; `written` is called when they have arrived, with where they begin in a file, in bytes. Resolves when
   * there is room for more.
   */
  write(lines: string, written: (start?: number) => void): Promise<void> | undefined
  /** Resolves when all is written. What was there before stays where the run `failedToStart`. */
  close(failedToStart: boolean): Promise<void>
}
