import { CommandError } from '../command-error.ts'
import { EXIT } from '../exit-codes.ts'

/** Inputs that cannot be read any further. What was read before has its results. */
export function inputError(message: string, cause?: unknown): CommandError {
  return new CommandError(message, EXIT.cannotStart, cause)
}
