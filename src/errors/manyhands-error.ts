const BRAND = Symbol.for('manyhands.error')

/** Optional details that every error class of this package passes to its base. */
export interface ErrorDetails {
  /** The error that led to this one. Kept as it is, even if it is not an Error. */
  readonly cause?: unknown
}

/**
 * The base class of all errors of this package.
 *
 * `instanceof` goes by a brand, so it also holds for errors of another copy of the package or of another realm.
 * Every error has a stable `code` (`MH_…`) to switch on; `name` is its class name.
 */
export class ManyhandsError extends Error {
  /** A stable identifier of the kind of error, safe to compare with. */
  readonly code: string

  constructor(code: string, message: string, details?: ErrorDetails) {
    super(message, details !== undefined && 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
  }

  static {
    brand(this, 'ManyhandsError')
  }
}

type ErrorClass = abstract new (...args: never[]) => Error

/** Gives a class its `name` and an `instanceof` that goes by name through the brand. Called once per class. */
export function brand(errorClass: ErrorClass, name: string): void {
  const inherited = (errorClass.prototype as { [BRAND]?: readonly string[] })[BRAND] ?? []
  const lineage = Object.freeze([...new Set([...inherited, 'ManyhandsError', name])])
  Object.defineProperty(errorClass.prototype, 'name', { value: name, configurable: true, writable: true })
  Object.defineProperty(errorClass.prototype, BRAND, { value: lineage })
  Object.defineProperty(errorClass, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      // A user's class that extends one of these inherits this method. It has no brand, so the ordinary rule applies.
      if (this !== errorClass) return Function.prototype[Symbol.hasInstance].call(this as ErrorClass, value)
      return lineageOf(value).includes(name)
    },
  })
}

function lineageOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const lineage = (value as { [BRAND]?: unknown })[BRAND]
  return Array.isArray(lineage) ? (lineage as string[]) : []
}

/** Returns true for an error of this package, from any copy of it and any realm. */
export function isManyhandsError(value: unknown): value is ManyhandsError {
  return lineageOf(value).includes('ManyhandsError')
}
