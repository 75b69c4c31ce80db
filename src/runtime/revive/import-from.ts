import { Script, constants } from 'node:vm'

/** A module's namespace. */
export type Namespace = Readonly<Record<string, unknown>>

type Importer = (specifier: string, attributes?: Readonly<Record<string, string>>) => Promise<Namespace>

const importers = new Map<string, Importer>()

/** Returns `import()` as it works in the file with this URL. */
export function importerFrom(url: string): Importer {
  let importer = importers.get(url)
  if (importer === undefined) {
    silenceLoaderWarning()
    const script = new Script('(specifier, attributes) => import(specifier, attributes && { with: attributes })', {
      filename: url,
      importModuleDynamically: LIKE_FILE,
    })
    importer = script.runInThisContext() as Importer
    importers.set(url, importer)
  }
  return importer
}

/** For `vm.Script`: makes `import()` in the script work as in a file of that name. */
export const LIKE_FILE: number = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER

let quiet = false

/**
 * Suppresses Node's warning about the experimental option above, which it issues once per thread at the first
 * `import()`.
 *
 * The warning is issued while `import()` is being called, so no other warning is lost.
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
