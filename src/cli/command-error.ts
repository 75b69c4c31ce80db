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

/** What the command's exit code says. */
export const EXIT = {
  /** All succeeded, or nobody wanted more of the results. */
  ok: 0,
  someFailed: 1,
  usage: 2,
  /** A module or export is missing, a function changed since the run to go on with, or results cannot be written. */
  cannotStart: 3,
  halted: 4,
  noWorkers: 5,
  deadline: 124,
  interrupted: 130,
  terminated: 143,
} as const

/** Inputs that cannot be read any further. What was read before has its results. */
export function inputError(message: string, cause?: unknown): CommandError {
  return new CommandError(message, EXIT.cannotStart, cause)
}
