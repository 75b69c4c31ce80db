import type { AnyNode } from 'acorn'

import { childrenOf, isClass, isFunction, type ClassNode, type FunctionNode } from './nodes.ts'
import { offsetOf, type Position, type Script } from './parse.ts'
import type { Scope } from './scope.ts'
import { programScope, scopeOfChild } from './scopes.ts'

/** A function or class in its file. */
export interface FoundFunction {
  readonly node: FunctionNode | ClassNode
  /** The member of an object literal or class whose value the function is. */
  readonly member: AnyNode | undefined
  /** The scope in which it stands. */
  readonly scope: Scope
}

/**
 * Finds the function or class at a position of V8: the `(` of a function, or the start of an arrow function or class.
 */
export function findFunction(script: Script, position: Position): FoundFunction | undefined {
  const offset = offsetOf(script, position)
  let found: FoundFunction | undefined
  let node: AnyNode | undefined = script.program
  let parent: AnyNode | undefined
  let scope = programScope(script)
  while (node !== undefined) {
    // V8 reports a class at the position of its constructor, which is not a function of its own.
    const isConstructor = parent?.type === 'MethodDefinition' && parent.kind === 'constructor'
    if ((isFunction(node) || isClass(node)) && !isConstructor && standsAt(script, node, offset))
      found = { node, member: memberOf(node, parent), scope }
    const next: AnyNode | undefined = childAt(node, offset)
    if (next === undefined) break
    scope = scopeOfChild(script, node, scope, next)
    parent = node
    node = next
  }
  return found
}

function childAt(node: AnyNode, offset: number): AnyNode | undefined {
  // Shorthand properties have one node as key and value; the last child wins.
  return childrenOf(node).findLast((child) => child.start <= offset && offset < child.end)
}

function standsAt(script: Script, node: FunctionNode | ClassNode, offset: number): boolean {
  if (isClass(node)) {
    const constructor = node.body.body.find((one) => one.type === 'MethodDefinition' && one.kind === 'constructor')
    return offset === (constructor?.type === 'MethodDefinition' ? constructor.value.start : node.start)
  }
  if (node.type === 'ArrowFunctionExpression') return offset === node.start
  const head = node.params[0]?.start ?? node.body.start
  return offset < head && script.source[offset] === '('
}

function memberOf(node: AnyNode, parent: AnyNode | undefined): AnyNode | undefined {
  if (parent?.type === 'MethodDefinition') return parent
  if (parent?.type === 'Property' && parent.value === node && (parent.method || parent.kind !== 'init')) return parent
  return undefined
}

/** Returns the syntactic form of a function in its file. */
export function formOf(found: FoundFunction): 'expression' | 'method' | 'getter' | 'setter' {
  const { member } = found
  if (member?.type !== 'Property' && member?.type !== 'MethodDefinition') return 'expression'
  if (member.kind === 'get') return 'getter'
  return member.kind === 'set' ? 'setter' : 'method'
}

/** Finds the innermost function around an offset in the source; undefined for the code of the file itself. */
export function enclosingFunction(script: Script, offset: number): FunctionNode | undefined {
  let found: FunctionNode | undefined
  for (let node: AnyNode | undefined = script.program; node !== undefined; node = childAt(node, offset)) {
    if (isFunction(node)) found = node
  }
  return found
}
