import type { FoundFunction } from './find-function.ts'
import { isFunction, within } from './nodes.ts'
import { positionOf, type Position, type Script } from './parse.ts'
import { resolve, visit } from './references.ts'
import { isAround, type Declaration, type Scope } from './scope.ts'
import { programScope } from './scopes.ts'

/** A variable of a module that a function reads, and that other code of the module sets. */
export interface ModuleState {
  readonly variable: string
  /** The position of the assignment. */
  readonly position: Position
}

/**
 * Finds the `let`s and `var`s around a function that other functions set: a worker's copy of the module does not see
 * that. Code at the top of the module runs in the worker as well.
 */
export function moduleStateOf(script: Script, found: FoundFunction): ModuleState[] {
  const read = new Map<Declaration, ModuleState | undefined>()
  visit(script, found.node, found.scope, {
    reference({ node, scope }) {
      const declaration = resolve(node.name, scope)
      if (declaration === undefined || !isAround(declaration.scope, found.scope)) return
      if (declaration.kind === 'let' || declaration.kind === 'var') read.set(declaration, undefined)
    },
  })
  if (read.size === 0) return []
  visit(script, script.program, programScope(script), {
    reference({ node, scope, use }) {
      const declaration = use === 'write' ? resolve(node.name, scope) : undefined
      if (declaration === undefined || !read.has(declaration) || read.get(declaration) !== undefined) return
      if (within(node, found.node) || declaration.declarator?.id === node) return
      if (runsLater(script, scope, declaration.scope))
        read.set(declaration, { variable: node.name, position: positionOf(script, node.start) })
    },
  })
  return [...read.values()].filter((one) => one !== undefined)
}

/** Returns true if a function that is not called in place lies between a scope and an outer one. */
function runsLater(script: Script, scope: Scope, outer: Scope): boolean {
  for (let current: Scope | undefined = scope; current !== undefined && current !== outer; current = current.parent) {
    if (isFunction(current.node) && !script.calledInPlace.has(current.node)) return true
  }
  return false
}
