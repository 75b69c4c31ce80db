import { brand, ManyhandsError, type ErrorDetails } from './manyhands-error.ts'

/** A data file cannot be read or written: it is missing, truncated, has no usable header, or holds a row that is broken. */
export class DataFileError extends ManyhandsError {
  /** The file, as the caller named it. */
  readonly file: string
  /** The number of the line, or NUL-separated record, that is at fault, from 1; absent if that is not known. */
  readonly line: number | undefined

  constructor(file: string, message: string, details?: ErrorDetails & { readonly line?: number }) {
    super('MH_DATA_FILE', message, details)
    this.file = file
    this.line = details?.line
  }

  static {
    brand(this, 'DataFileError')
  }
}
