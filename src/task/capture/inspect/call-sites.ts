import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A place in running code that was being executed, from 0. */
export interface CallSite {
  readonly url: string
  readonly line: number
  readonly column: number
}

/**
 * Where an error was made, as the running code has it: source maps are not applied. To be asked before anything reads
 * `error.stack`; afterwards there is none.
 */
export function callSitesOf(error: Error): CallSite[] {
  const previous = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  let sites: NodeJS.CallSite[] = []
  try {
    Error.prepareStackTrace = (_, structured) => {
      sites = structured
      return ''
    }
    void error.stack
  } finally {
    if (previous === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
    else Object.defineProperty(Error, 'prepareStackTrace', previous)
  }
  return sites.map((site) => ({
    url: urlOf(site.getFileName() ?? ''),
    line: (site.getLineNumber() ?? 1) - 1,
    column: (site.getColumnNumber() ?? 1) - 1,
  }))
}

/** CommonJS has paths where ES modules have URLs; one letter before a colon is a drive. */
function urlOf(file: string): string {
  return isAbsolute(file) && !/^[a-z][\w+.-]+:/i.test(file) ? pathToFileURL(file).href : file
}
