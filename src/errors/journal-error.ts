import { brand, type ErrorDetails, ManyhandsError } from './manyhands-error.ts'

/** A journal cannot be used: another run writes it, it is of another function, it is none, or the disk is full. */
export class JournalError extends ManyhandsError {
  /** The journal's file. */
  readonly file: string
  /** The hashes of the function then and now, where it has changed since. */
  readonly hashes: { readonly was: string; readonly is: string } | undefined

  constructor(file: string, message: string, details?: ErrorDetails & Pick<Partial<JournalError>, 'hashes'>) {
    super('MH_JOURNAL', message, details)
    this.file = file
    this.hashes = details?.hashes
  }

  static {
    brand(this, 'JournalError')
  }
}
