/** An error that ends the command, shown to the user in a line. */
export class CommandError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.exitCode = exitCode
  }
}

/** Makes the error for wrong usage. */
export function usageError(message: string): CommandError {
  return new CommandError(message, EXIT.usage)
}

/** The exit codes of the command. */
export const EXIT = {
  /** All succeeded, or the reader wanted no more results. */
  ok: 0,
  someFailed: 1,
  usage: 2,
  /** A module or export is missing, a function changed since the run to resume, or results cannot be written. */
  cannotStart: 3,
  halted: 4,
  noWorkers: 5,
  deadline: 124,
  interrupted: 130,
  terminated: 143,
} as const
