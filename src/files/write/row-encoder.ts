/** Makes the text of rows, one after the other. */
export interface RowEncoder {
  /**
   * Returns the text of a row.
   *
   * @throws {DataFileError} if the format has no form for it; then nothing of it is written, and the next may be.
   */
  encode(row: unknown): string
  /** Returns what stands behind the last row. */
  end(): string
}
