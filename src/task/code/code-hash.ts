import { createHash } from 'node:crypto'

import { PACKAGE_ROOT } from '../../util/own-package.ts'
import { decode } from '../../wire/codec/decode.ts'
import { inOwnRealm } from '../../wire/codec/own-realm.ts'
import type { Encoded } from '../../wire/codec/special.ts'
import type { LoadFrame } from '../../wire/protocol/frames.ts'
import type { Binding, PortableFunction, PortableGraph } from '../../wire/protocol/portable.ts'
import { canonicalHash, HASH_METHOD } from '../canonical/canonical-hash.ts'
import { ModuleTree, specifiersIn } from './module-tree.ts'

/** The parts of a load frame that, beside the input, determine the result of a task. */
export type Code = Pick<LoadFrame, 'graph' | 'args' | 'construct'>

/** Hashes of the parts of a task's code, to tell later which of them have changed. */
export interface CodeParts {
  /** Hashes of files, by their path from the root of their package. */
  readonly files: Readonly<Record<string, string>>
  /** Versions of packages. */
  readonly packages: Readonly<Record<string, string>>
  /** Functions that go by value. */
  readonly source: string
  /** Captured values, and arguments of constructors. */
  readonly values: string
}

/** The identity of code. */
export interface CodeIdentity {
  /** 64 hex digits: equal in every process. The location of the files and the version of Node do not count. */
  readonly hash: string
  readonly parts: CodeParts
  /** A file that was edited after this process had read it: workers may have loaded either text. */
  readonly edited: string | undefined
}

/** Stands for values that cannot be hashed, if that is allowed. */
const UNHASHABLE = 'unhashable'

/**
 * Hashes code: its text, its imports, the values that it captured and its constant arguments.
 *
 * Equal in every process. The location of the files and the version of Node do not count.
 */
export function codeHash(code: readonly Code[]): string {
  return `sha256:${identifyCode(code, () => UNHASHABLE).hash}`
}

/** Hashes code in parts. `onUnhashable` returns what stands for captured values that cannot be hashed; it may throw. */
export function identifyCode(code: readonly Code[], onUnhashable: (error: unknown) => string): CodeIdentity {
  const tree = new ModuleTree()
  const source = createHash('sha256')
  const values = createHash('sha256')
  const valueHash = (encoded: Encoded): Buffer | string => {
    try {
      return encodedHash(encoded)
    } catch (error) {
      return onUnhashable(error)
    }
  }
  for (const { graph, args, construct } of code) {
    for (const root of graph.roots.slice(0, 1)) source.update(`root ${root}\n`)
    for (const fn of graph.functions) source.update(describe(fn, graph, tree))
    for (const part of [graph.values, args, construct]) values.update(part === undefined ? '\0none' : valueHash(part))
  }
  const parts: CodeParts = {
    files: Object.fromEntries(tree.files),
    packages: Object.fromEntries(tree.packages),
    source: source.digest('hex'),
    values: values.digest('hex'),
  }
  const hash = createHash('sha256').update(`${parts.source} ${parts.values}`).digest('hex')
  return { hash, parts, edited: tree.edited }
}

function describe(fn: PortableFunction, graph: PortableGraph, tree: ModuleTree): string {
  switch (fn.kind) {
    case 'export':
      return `export ${[fn.name, ...(fn.steps ?? [])].join(' ')} of ${moduleHash(fn.url, tree)}\n`
    case 'builtin':
      return `builtin ${fn.module} ${fn.path.join('.')}\n`
    case 'global':
      return `global ${fn.path.join('.')}\n`
    case 'live':
      return `live ${String(fn.fn)}\n`
    case 'made':
      return `made ${fn.recipe} ${fn.data}\n`
    case 'source': {
      const { url } = graph.modules[fn.module] as PortableGraph['modules'][number]
      const bindings = Object.entries(fn.bindings).map(
        ([name, binding]) => `${name}=${bindingText(binding, url, tree)}`,
      )
      // The function may import more modules while it runs.
      const imports = [...specifiersIn(fn.code)].map((specifier) => `${specifier} ${tree.importHash(specifier, url)}`)
      const { properties, prototype, inherits, prototypeInherits } = fn
      const members = [properties, prototype, inherits, prototypeInherits].map((id) => id ?? '').join()
      const end = members === ',,,' ? '' : `members ${members}\n`
      return `source ${fn.form} ${fn.code}\n${[...bindings, ...imports].toSorted().join('\n')}\n${end}`
    }
  }
}

function bindingText(binding: Binding, url: string, tree: ModuleTree): string {
  const text = JSON.stringify(binding)
  return 'specifier' in binding ? `${text} ${tree.importHash(binding.specifier, url)}` : text
}

function moduleHash(url: string, tree: ModuleTree): string {
  if (url.startsWith(PACKAGE_ROOT.href)) return 'manyhands'
  return url.startsWith('file:') ? tree.hashOf(url) : url
}

/**
 * Returns the canonical hash of an encoded value. Functions in it count by their number, instances by their encoded
 * data.
 *
 * @throws {TypeError} for values that cannot be hashed.
 */
function encodedHash({ value, specials }: Encoded): Buffer {
  if (specials === undefined) return canonicalHash(value)
  // Decoding changes the value, which is still to be sent.
  const own = inOwnRealm(structuredClone({ value, specials }))
  return canonicalHash(
    decode(own.value, own.specials, {
      functions: standIn,
      classes: { named: (name) => ({ name, encode: (one) => one, decode: (data) => standIn({ name, data }) }) },
      forHash: true,
    }),
  )
}

/** A function, because it may take the place of one, or of its prototype. */
function standIn(identity: unknown): unknown {
  return Object.assign(() => identity, { [HASH_METHOD]: () => identity, prototype: { of: identity } })
}
