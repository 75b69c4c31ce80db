const NAME = 'StepFailure'

/** What a step of a chain threw, and which step it was. It crosses to the caller, who takes it apart again. */
export class StepFailure extends Error {
  readonly step: number

  constructor(step: number, cause: unknown) {
    super('a step failed', { cause })
    this.name = NAME
    this.step = step
  }
}

/** The step and its error, where something thrown by a chain tells of one. */
export function stepFailureOf(thrown: unknown): { step: number; cause: unknown } | undefined {
  if (!(thrown instanceof Error) || thrown.name !== NAME) return undefined
  const { step, cause } = thrown as StepFailure
  return typeof step === 'number' ? { step, cause } : undefined
}
