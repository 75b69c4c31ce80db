import { constants, Script } from 'node:vm'

/** For `vm.Script`: `import()` in the script works as in a file of that name. */
export const LIKE_FILE: number = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER

let quiet = false

/**
 * Keeps Node from telling the user of the experimental option above, once per thread, at the first `import()`.
 *
 * The warning is issued while `import()` is being called, so nothing else can be held back.
 */
export function silenceLoaderWarning(): void {
  if (quiet) return
  quiet = true
  const { emitWarning } = process
  const script = new Script("import('node:process')", { importModuleDynamically: LIKE_FILE as never })
  process.emitWarning = () => {}
  try {
    void script.runInThisContext()
  } finally {
    process.emitWarning = emitWarning
  }
}
