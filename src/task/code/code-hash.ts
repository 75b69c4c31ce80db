import { createHash } from 'node:crypto'

import { PACKAGE_ROOT } from '../../util/package-root.ts'
import type { LoadFrame } from '../../wire/frames.ts'
import type { Binding, PortableFunction, PortableGraph } from '../../wire/portable.ts'
import { canonicalHash } from '../canonical/canonical-hash.ts'
import { moduleTreeHash } from './module-tree.ts'

/** What decides, beside its input, what a task gives. */
export type Code = Pick<LoadFrame, 'graph' | 'args' | 'construct'>

/**
 * Identifies code: by its text, what it imports, the values that it captured and its constant arguments.
 *
 * Equal in every process. Where the files lie, and the version of Node, do not count.
 */
export function codeHash(code: readonly Code[]): string {
  const hash = createHash('sha256')
  for (const { graph, args, construct } of code) {
    for (const root of graph.roots.slice(0, 1)) hash.update(`root ${root}\n`)
    for (const fn of graph.functions) hash.update(describe(fn, graph))
    for (const part of [graph.values, args, construct]) {
      if (part !== undefined) hash.update(valueHash({ value: part.value, specials: part.specials }))
    }
  }
  return `sha256:${hash.digest('hex')}`
}

function describe(fn: PortableFunction, graph: PortableGraph): string {
  switch (fn.kind) {
    case 'export':
      return `export ${fn.name} of ${moduleHash(fn.url)}\n`
    case 'builtin':
      return `builtin ${fn.module} ${fn.path.join('.')}\n`
    case 'global':
      return `global ${fn.path.join('.')}\n`
    case 'live':
      return `live ${String(fn.fn)}\n`
    case 'source': {
      const { url } = graph.modules[fn.module] as PortableGraph['modules'][number]
      const bindings = Object.entries(fn.bindings).map(([name, binding]) => `${name}=${bindingText(binding, url)}`)
      return `source ${fn.form} ${fn.code}\n${bindings.toSorted().join('\n')}\n`
    }
  }
}

function bindingText(binding: Binding, url: string): string {
  const text = JSON.stringify(binding)
  const isRelative = 'specifier' in binding && /^\.\.?\//.test(binding.specifier)
  return isRelative ? `${text} ${moduleHash(new URL(binding.specifier, url).href)}` : text
}

function moduleHash(url: string): string {
  if (url.startsWith(PACKAGE_ROOT.href)) return 'manyhands'
  return url.startsWith('file:') ? moduleTreeHash(url) : url
}

function valueHash(value: unknown): Buffer | string {
  try {
    return canonicalHash(value)
  } catch {
    return 'unhashable'
  }
}
