import { brand, ManyhandsError } from './manyhands-error.ts'

/** A worker cannot load the module of a function, or the module has no such function. One for the run. */
export class ModuleLoadError extends ManyhandsError {
  readonly module: string
  /** The export that was asked for, if the module itself could be loaded. */
  readonly exportName: string | undefined
  /** The exports of the module that are functions. */
  readonly exports: readonly string[]

  constructor(
    message: string,
    details: { module: string; exportName?: string | undefined; exports?: readonly string[]; cause?: unknown },
  ) {
    super('MH_MODULE_LOAD', message, details)
    this.module = details.module
    this.exportName = details.exportName
    this.exports = details.exports ?? []
  }

  static {
    brand(this, 'ModuleLoadError')
  }
}
