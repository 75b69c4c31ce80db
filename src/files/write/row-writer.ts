/** Writes rows to a file. */
export interface RowWriter {
  /**
   * Takes a row. If it returns a promise, wait for that before the next call; it rejects if the file cannot be written.
   *
   * @throws {DataFileError} if the format has no form for the row; then nothing of it is written, and the next may be.
   */
  write(row: unknown): Promise<void> | undefined
  /** Resolves to what was written when all is. */
  end(): Promise<{ readonly rows: number; readonly bytes: number }>
  /** Lets go of the file. What was in it stays if no row was written. */
  abandon(): Promise<void>
}
