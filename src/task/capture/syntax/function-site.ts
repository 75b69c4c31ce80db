import type { AnyNode } from 'acorn'

import { editsOf, type Edited } from './edits.ts'
import { formOf, type FoundFunction } from './find-function.ts'
import { isClass, isFunction, within, type ClassNode, type FunctionNode, boundKey } from './nodes.ts'
import { originOf, type Origin } from './origin.ts'
import { positionOf, type Position, type Script } from './parse.ts'
import { resolve, visit, type NameUse } from './references.ts'
import { refusalsOf, type Refusal } from './refusals.ts'
import { type Declaration, isAround } from './scope.ts'

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
  readonly usesThis: boolean
  /** The class has an `extends` clause. */
  readonly hasBase: boolean
  /** The number of parameters before the first one with a default value: what `length` says. */
  readonly length: number
  /** The members that a class makes itself when it is evaluated. */
  readonly members: readonly ClassMember[]
}

/** A member of a class in the source. */
export interface ClassMember {
  readonly isStatic: boolean
  /** Missing for computed names, and for static blocks, which may make any member. */
  readonly name: string | undefined
  readonly text: string
}

/** A name that a function uses and does not declare. */
export interface FreeVariable {
  readonly name: string
  readonly origin: Origin | undefined
  readonly assigned: boolean
  /** The members that are read from it, if nothing else is done with it. */
  readonly members: readonly string[] | undefined
  /** The position of a function declaration of this name that replaces itself when it is called. */
  readonly original: Position | undefined
}

export function siteOf(script: Script, found: FoundFunction, text: string): FunctionSite {
  const { node } = found
  const end = (found.member ?? node).end
  const start = end - text.length
  const heritage = heritageOf(found)
  const uses = collect(script, found).filter((use) => heritage === undefined || !within(use.node, heritage))
  const edited = editsOf(script, found, { start, end }, uses, heritage)
  const free = [...freeVariables(script, uses, edited.replaced, computedKeys(node))]
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
    usesThis: /\bthis\b/.test(text),
    hasBase: isClass(node) && node.superClass != null,
    length: isFunction(node) ? lengthOf(node) : 0,
    members: isClass(node) ? membersOf(script, node) : [],
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
  /** Evaluated once in each worker, with its own variables. */
  keys: readonly AnyNode[],
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
      assigned: of.some((one) => one.use === 'write' && !keys.some((key) => within(one.node, key))),
      members: of.every((one) => one.members) ? [...new Set(of.flatMap((one) => one.members ?? []))] : undefined,
      original: declaration && selfReplacing(script, declaration),
    }
  }
}

/**
 * Returns the position of a function that assigns its own name, as compilers write helpers and async functions: `function
 * _f() { _f = …; return _f() }`.
 */
function selfReplacing(script: Script, declaration: Declaration): Position | undefined {
  const { node, name } = declaration
  if (declaration.kind !== 'function' || !isFunction(node)) return undefined
  if (
    !new RegExp(`(?<![\\w$.])${name.replaceAll('$', '\\$')}\\s*=[^=]`).test(script.source.slice(node.start, node.end))
  )
    return undefined
  let assigned = false
  visit(script, node, declaration.scope, {
    reference(use) {
      if (use.use === 'write' && use.node.name === name && resolve(name, use.scope) === declaration) assigned = true
    },
  })
  const head = node.params[0]?.start ?? node.body.start
  return assigned ? positionOf(script, script.source.lastIndexOf('(', head)) : undefined
}

/** Returns true if the code around a function is strict. A directive of its own is part of its text. */
function strictAround(found: FoundFunction): boolean {
  return found.scope.strict || found.member?.type === 'MethodDefinition'
}

function computedKeys(node: AnyNode): AnyNode[] {
  if (!isClass(node)) return []
  return node.body.body.flatMap((member) => (member.type !== 'StaticBlock' && member.computed ? [member.key] : []))
}

function eagerNames(node: AnyNode, uses: readonly NameUse[]): string[] {
  if (!isClass(node)) return []
  const regions: AnyNode[] = [...(node.superClass ? [node.superClass] : []), ...computedKeys(node)]
  for (const member of node.body.body) {
    if (member.type === 'StaticBlock') regions.push(member)
    else if (member.type === 'PropertyDefinition' && member.static && member.value) regions.push(member.value)
  }
  const eager = uses.filter((use) => regions.some((region) => within(use.node, region)))
  return [...new Set(eager.map((use) => use.node.name))]
}

function lengthOf({ params }: FunctionNode): number {
  const optional = params.findIndex((one) => one.type === 'AssignmentPattern' || one.type === 'RestElement')
  return optional === -1 ? params.length : optional
}

function membersOf(script: Script, node: ClassNode): ClassMember[] {
  return node.body.body.map((member) => {
    const text = script.source.slice(member.start, member.end)
    if (member.type === 'StaticBlock') return { isStatic: true, name: undefined, text }
    return { isStatic: member.static, name: member.computed ? undefined : boundKey(member.key), text }
  })
}
