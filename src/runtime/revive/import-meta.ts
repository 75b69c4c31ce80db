import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

import { resolveFrom } from './resolve-from.ts'

/** Lets `capture` see, in a task that sends functions itself, that an object stands for `import.meta`. */
const META = Symbol.for('manyhands.import.meta')

/** What `import.meta` is in the file with this URL. */
export function importMeta(url: string): object {
  const place = url.startsWith('file:') ? placeOf(fileURLToPath(url)) : {}
  const meta = { ...place, url, resolve: (specifier: string): string => resolveFrom(url, specifier) }
  return Object.defineProperty(Object.setPrototypeOf(meta, null) as object, META, { value: url })
}

function placeOf(filename: string): { dirname: string; filename: string } {
  return { dirname: dirname(filename), filename }
}
