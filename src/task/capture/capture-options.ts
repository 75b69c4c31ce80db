import type { ClassRegistry } from '../../wire/codec/class-registry.ts'

export interface CaptureOptions {
  /** Shared memory reaches the workers: it is passed, not copied. */
  readonly sharedMemory?: boolean | undefined
  /** Typed arrays from this size on, in bytes, are put into shared memory. */
  readonly shareFrom?: number | undefined
  /** Classes whose instances may be captured. */
  readonly classes?: ClassRegistry | undefined
  /** Workers may refuse functions by value: those of which an export is made are named after it, too. @defaultValue false */
  readonly parts?: boolean | undefined
  /** Made where the user called. Its stack must not have been read; it tells which variables have no value yet. */
  readonly calledAt?: Error | undefined
  /** Takes what the user should know, such as state of a module that workers will not see. */
  readonly warn?: ((message: string) => void) | undefined
}
