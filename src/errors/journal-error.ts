import { brand, type ErrorDetails, ManyhandsError } from './manyhands-error.ts'

/** A journal cannot be used: another run writes it, it is of another function, it is none, or the disk is full. */
export class JournalError extends ManyhandsError {
  /** The journal's file. */
  readonly file: string

  constructor(file: string, message: string, details?: ErrorDetails) {
    super('MH_JOURNAL', message, details)
    this.file = file
  }

  static {
    brand(this, 'JournalError')
  }
}
