import { EXIT } from './exit-codes.ts'

/** Something that ends the command, told to the user in a line. */
export class CommandError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.exitCode = exitCode
  }
}

/** The command was called in a way that makes no sense. */
export function usageError(message: string): CommandError {
  return new CommandError(message, EXIT.usage)
}
