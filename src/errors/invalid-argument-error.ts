import { brand, ManyhandsError } from './manyhands-error.ts'

/** An argument or option that makes no sense. The message names what was expected and what came. */
export class InvalidArgumentError extends ManyhandsError {
  /** The option or argument. */
  readonly option: string
  readonly expected: string
  /** What came, shortened for reading. */
  readonly received: string
  /** The nearest name that exists, for a name that does not. */
  readonly nearest: string | undefined

  constructor(option: string, expected: string, received: string, nearest?: string) {
    const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`
    super('MH_INVALID_ARGUMENT', `${option}: expected ${expected}, got ${received}.${hint}`)
    this.option = option
    this.expected = expected
    this.received = received
    this.nearest = nearest
  }

  static {
    brand(this, 'InvalidArgumentError')
  }
}
