import { DataFileError } from '../errors/file-errors.ts'
import { messageOf } from '../util/message-of.ts'

/** Makes the error for a file that the system cannot read. `name`: what the user calls it. */
export function cannotRead(name: string, error: unknown): DataFileError {
  const place = name === 'stdin' ? 'on stdin' : `in ${name}`
  return new DataFileError(name, `cannot read the inputs ${place}: ${messageOf(error)}`, { cause: error })
}
