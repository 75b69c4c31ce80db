import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A position in running code that is being executed, from 0. */
export interface CallSite {
  readonly url: string
  readonly line: number
  readonly column: number
}

/** Stacks that were read before: the engine tells an error's call sites only once. */
const known = new WeakMap<Error, CallSite[]>()

/**
 * Returns the call sites of an error as the running code has them, without source maps. Must be called before anything
 * reads `error.stack`.
 */
export function callSitesOf(error: Error): CallSite[] {
  let sites = known.get(error)
  if (sites === undefined) known.set(error, (sites = readCallSites(error)))
  return sites
}

function readCallSites(error: Error): CallSite[] {
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

/** CommonJS has paths instead of URLs. One letter before a colon is a drive. */
function urlOf(file: string): string {
  return isAbsolute(file) && !/^[a-z][\w+.-]+:/i.test(file) ? pathToFileURL(file).href : file
}
