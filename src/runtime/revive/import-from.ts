import { Script } from 'node:vm'

import { LIKE_FILE, silenceLoaderWarning } from './dynamic-import.ts'

/** A module's namespace. */
export type Namespace = Readonly<Record<string, unknown>>

type Importer = (specifier: string, attributes?: Readonly<Record<string, string>>) => Promise<Namespace>

const importers = new Map<string, Importer>()

/** `import()` as the file with this URL would do it. */
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
