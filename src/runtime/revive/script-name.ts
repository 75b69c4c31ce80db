import type { SourceModule } from '../../wire/portable.ts'

/** Marks code that still has to be traced back through the source map of its sender. */
const MARK = '?by-value'

/** The file name that code of a module is compiled under. */
export function scriptName(module: SourceModule): string {
  // The runtime may have loaded a file of the same name with a map of its own: it must not apply that one.
  return module.sourceMap === undefined ? module.url : module.url + MARK
}
