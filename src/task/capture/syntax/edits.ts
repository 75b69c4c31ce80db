import type { AnyNode } from 'acorn'

import type { FoundFunction } from './find-function.ts'
import { within } from './nodes.ts'
import { originOf } from './origin.ts'
import type { Script } from './parse.ts'
import { resolve, visit, type NameUse } from './references.ts'
import { lineEndsIn } from './source-lines.ts'

/** A part of the source of a file. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** The text of a function, changed so that it can be compiled by itself. */
export interface Edited {
  readonly code: string
  readonly meta: string | undefined
  readonly base: string | undefined
  readonly liveModules: readonly LiveModule[]
  /** The identifiers that were removed from the text. */
  readonly replaced: ReadonlySet<AnyNode>
}

/** A module whose exports are read on use, because they may change: `export let db`. */
export interface LiveModule {
  readonly alias: string
  readonly specifier: string
  readonly attributes?: Readonly<Record<string, string>>
  /** The exports that are read from it. */
  readonly names: readonly string[]
  /** The variables that hold them, in the same order. */
  readonly locals: readonly string[]
}

type GrowingModule = LiveModule & { readonly names: string[]; readonly locals: string[] }

interface Edit extends Range {
  readonly text: string
}

/**
 * Rewrites parts that work only in a module: `import.meta`, and imported bindings that may change later. Imports that
 * are called keep their names, so that the columns of most stack traces stay right.
 */
export function editsOf(
  script: Script,
  found: FoundFunction,
  range: Range,
  uses: readonly NameUse[],
  heritage: AnyNode | undefined,
): Edited {
  const text = script.source.slice(range.start, range.end)
  const edits: Edit[] = [...computedKey(script, found), ...assignedName(script, found, uses)]
  const metas = metaProperties(script, found).filter((node) => !heritage || !within(node, heritage))
  const meta = metas.length > 0 ? unusedName(text, 'import_meta') : undefined
  for (const node of metas) edits.push({ ...sizeOf(node), text: sameSize(script, node, meta as string) })
  // A variable keeps its own name.
  const base = heritage?.type === 'Identifier' ? heritage.name : heritage && unusedName(text, '$base')
  if (heritage && base !== undefined) edits.push({ ...sizeOf(heritage), text: sameSize(script, heritage, base) })
  const replaced = new Set<AnyNode>()
  const live = new Map<string, GrowingModule>()
  for (const use of uses) {
    if (use.use !== 'read' && use.use !== 'shorthand') continue
    const access = liveAccess(script, use, text, live)
    if (access === undefined) continue
    replaced.add(use.node)
    edits.push({ ...sizeOf(use.node), text: use.use === 'shorthand' ? `${use.node.name}: ${access}` : access })
  }
  return { code: apply(text, range.start, edits), meta, base, liveModules: [...live.values()], replaced }
}

function liveAccess(script: Script, use: NameUse, text: string, live: Map<string, GrowingModule>): string | undefined {
  const declaration = resolve(use.node.name, use.scope)
  if (declaration?.kind !== 'import') return undefined
  const origin = originOf(script, declaration)
  if (origin.from !== 'import' || origin.name === '*') return undefined
  const key = JSON.stringify([origin.specifier, origin.attributes])
  let module = live.get(key)
  if (module === undefined) {
    const { specifier, attributes } = origin
    const alias = unusedName(text, `$${live.size}`)
    live.set(key, (module = { alias, specifier, ...(attributes && { attributes }), names: [], locals: [] }))
  }
  if (!module.names.includes(origin.name)) {
    module.names.push(origin.name)
    module.locals.push(use.node.name)
  }
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(origin.name)
    ? `${module.alias}.${origin.name}`
    : `${module.alias}[${JSON.stringify(origin.name)}]`
}

function metaProperties(script: Script, found: FoundFunction): AnyNode[] {
  const metas: AnyNode[] = []
  visit(script, found.node, found.scope, {
    reference() {},
    enter(node) {
      if (node.type === 'MetaProperty' && node.meta.name === 'import') metas.push(node)
    },
  })
  return metas
}

/** Removes the computed key of a method: it is evaluated where the object is made. Its width is kept. */
function computedKey(script: Script, found: FoundFunction): Edit[] {
  const { member } = found
  if (member?.type !== 'Property' && member?.type !== 'MethodDefinition') return []
  if (member.computed) return [{ ...sizeOf(member.key), text: sameSize(script, member.key, '0') }]
  // `#name() {}` cannot stand outside its class.
  return member.key.type === 'PrivateIdentifier'
    ? [{ ...sizeOf(member.key), text: sameSize(script, member.key, '_') }]
    : []
}

/** Removes the name of a function that assigns it: the name of an expression cannot be assigned. */
function assignedName(script: Script, { node }: FoundFunction, uses: readonly NameUse[]): Edit[] {
  if (node.type !== 'FunctionDeclaration' || node.id === null) return []
  const { id } = node
  return uses.some((one) => one.use === 'write' && one.node.name === id.name)
    ? [{ ...sizeOf(id), text: sameSize(script, id, '') }]
    : []
}

function sizeOf(node: AnyNode): Range {
  return { start: node.start, end: node.end }
}

/** Pads a text to the size of a node, with the line ends of the node. */
function sameSize(script: Script, node: AnyNode, text: string): string {
  const original = script.source.slice(node.start, node.end)
  const lineEnds = lineEndsIn(original)
  return text + ' '.repeat(Math.max(0, original.length - text.length - lineEnds.length)) + lineEnds
}

/** Returns a name that does not occur in the text. As long as the wanted one, if that has room for a number. */
function unusedName(text: string, wanted: string): string {
  let name = wanted
  for (let i = 0; text.includes(name); i++) name = wanted.slice(0, Math.max(1, wanted.length - `${i}`.length)) + i
  return name
}

function apply(text: string, start: number, edits: Edit[]): string {
  let code = text
  for (const edit of edits.toSorted((a, b) => b.start - a.start)) {
    code = code.slice(0, edit.start - start) + edit.text + code.slice(edit.end - start)
  }
  return code
}
