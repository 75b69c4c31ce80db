import type { AnyNode } from 'acorn'

import { editsOf, type Edited } from './edits.ts'
import { formOf, type FoundFunction } from './find-function.ts'
import { isClass, isFunction, within, type ClassNode, boundKey } from './nodes.ts'
import { originOf, type Origin } from './origin.ts'
import { positionOf, type Position, type Script } from './parse.ts'
import { resolve, visit, type NameUse } from './references.ts'
import { refusalsOf, type Refusal } from './refusals.ts'
import { isAround } from './scope.ts'

/** The facts that the source tells about one function or class: everything that capturing needs, without the tree. */
export interface FunctionSite {
  readonly isClass: boolean
  readonly isGenerator: boolean
  /** The text to compile. It is as long as the original, except for live imports. */
  readonly code: string
  readonly form: 'expression' | 'method' | 'getter' | 'setter'
  readonly position: Position
  readonly strict: boolean
  readonly free: readonly FreeVariable[]
  /** The name that replaces `import.meta` in the text. */
  readonly meta: string | undefined
  /** The name that replaces the base class of a class in the text. */
  readonly base: string | undefined
  /** Names that replace whole modules in the text, so that their exports are read on use. */
  readonly liveModules: Edited['liveModules']
  readonly refusals: readonly Refusal[]
  /** Variables that are read while a class is being evaluated. */
  readonly eager: readonly string[]
  /** Static members that the class makes itself when it is evaluated. */
  readonly staticMembers: readonly string[]
}

/** A name that a function uses and does not declare. */
export interface FreeVariable {
  readonly name: string
  readonly origin: Origin | undefined
  readonly assigned: boolean
  /** The members that are read from it, if nothing else is done with it. */
  readonly members: readonly string[] | undefined
}

export function siteOf(script: Script, found: FoundFunction, text: string): FunctionSite {
  const { node } = found
  const end = (found.member ?? node).end
  const start = end - text.length
  const heritage = heritageOf(found)
  const uses = collect(script, found).filter((use) => heritage === undefined || !within(use.node, heritage))
  const edited = editsOf(script, found, { start, end }, uses, heritage)
  const free = [...freeVariables(script, uses, edited.replaced)]
  return {
    isClass: isClass(node),
    isGenerator: isFunction(node) && node.generator,
    code: edited.code,
    form: formOf(found),
    position: positionOf(script, start),
    strict: strictAround(found),
    free,
    meta: edited.meta,
    base: edited.base,
    liveModules: edited.liveModules,
    refusals: refusalsOf(script, found, heritage),
    eager: isClass(node) ? [...(edited.base === undefined ? [] : [edited.base]), ...eagerNames(node, uses)] : [],
    staticMembers: isClass(node) ? staticMembers(node) : [],
  }
}

/**
 * Returns the base class expression of a class, if a worker cannot evaluate it: its variables need not be in any scope
 * that the class can see. The class itself knows the resulting value.
 */
function heritageOf({ node, scope }: FoundFunction): AnyNode | undefined {
  if (!isClass(node) || !node.superClass) return undefined
  const { superClass } = node
  if (superClass.type === 'Literal') return undefined
  const imported = superClass.type === 'Identifier' && resolve(superClass.name, scope)?.kind === 'import'
  return imported ? undefined : superClass
}

/** Collects the references that leave a function, in the order of the source. */
function collect(script: Script, found: FoundFunction): NameUse[] {
  const uses: NameUse[] = []
  const { node } = found
  visit(script, node, found.scope, {
    reference(reference) {
      const declared = resolve(reference.node.name, reference.scope)
      if (declared === undefined || isAround(declared.scope, found.scope)) uses.push(reference)
    },
  })
  return uses
}

function* freeVariables(
  script: Script,
  uses: readonly NameUse[],
  replaced: ReadonlySet<AnyNode>,
): Generator<FreeVariable> {
  const byName = new Map<string, NameUse[]>()
  for (const use of uses) {
    if (replaced.has(use.node)) continue
    const { name } = use.node
    const known = byName.get(name)
    if (known === undefined) byName.set(name, [use])
    else known.push(use)
  }
  for (const [name, of] of byName) {
    const declaration = resolve(name, (of[0] as NameUse).scope)
    yield {
      name,
      origin: declaration && originOf(script, declaration),
      assigned: of.some((one) => one.use === 'write'),
      members: of.every((one) => one.members) ? [...new Set(of.flatMap((one) => one.members ?? []))] : undefined,
    }
  }
}

/** Returns true if the code around a function is strict. A directive of its own is part of its text. */
function strictAround(found: FoundFunction): boolean {
  return found.scope.strict || found.member?.type === 'MethodDefinition'
}

function eagerNames(node: AnyNode, uses: readonly NameUse[]): string[] {
  if (!isClass(node)) return []
  const regions: AnyNode[] = node.superClass ? [node.superClass] : []
  for (const member of node.body.body) {
    if (member.type === 'StaticBlock') regions.push(member)
    else {
      if (member.computed) regions.push(member.key)
      if (member.type === 'PropertyDefinition' && member.static && member.value) regions.push(member.value)
    }
  }
  const eager = uses.filter((use) => regions.some((region) => within(use.node, region)))
  return [...new Set(eager.map((use) => use.node.name))]
}

/** Returns the names of static methods and accessors of a class: evaluating its source makes them again. */
function staticMembers(node: ClassNode): string[] {
  return node.body.body.flatMap((member) =>
    member.type === 'MethodDefinition' && member.static && !member.computed ? (boundKey(member.key) ?? []) : [],
  )
}
