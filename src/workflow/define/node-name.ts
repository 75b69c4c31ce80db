import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

import { callSitesOf } from '../../task/capture/inspect/call-sites.ts'
import type { AnyFunction } from '../../task/task-function.ts'
import { PACKAGE_ROOT } from '../../util/own-package.ts'

/** What a node is called: after its function, or where that has no name, after the place of the call. */
export function nodeName(fn: AnyFunction, kind: string): string {
  if (fn.name !== '') return fn.name
  const site = callSitesOf(new Error('named here')).find(({ url }) => url !== '' && !url.startsWith(PACKAGE_ROOT.href))
  if (site === undefined) return kind
  const file = site.url.startsWith('file:') ? fileURLToPath(site.url) : site.url
  return `${kind} ${basename(file)}:${site.line + 1}`
}
