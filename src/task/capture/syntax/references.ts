import type { AnyNode, Expression, Identifier, Pattern } from 'acorn'

import { childrenOf, isFunction } from './nodes.ts'
import type { Script } from './parse.ts'
import type { Declaration, Scope } from './scope.ts'
import { scopeOfChild } from './scopes.ts'

/** One use of a name. */
export interface NameUse {
  readonly node: Identifier
  readonly scope: Scope
  readonly use: 'read' | 'write' | 'call' | 'shorthand'
  /** The members that are read, if nothing else is done with it: `name.member`, `const { member } = name`. */
  readonly members?: readonly string[]
}

export interface Visitor {
  reference(reference: NameUse): void
  /** Called for every node, before its children. */
  enter?(node: AnyNode, scope: Scope): void
}

/** Walks a node and reports the names that it uses, each with its scope. */
export function visit(script: Script, node: AnyNode, scope: Scope, visitor: Visitor): void {
  visitor.enter?.(node, scope)
  const go = (child: AnyNode): void => visit(script, child, scopeOfChild(script, node, scope, child), visitor)
  const assign = (target: AnyNode): void => visitTarget(script, target, scope, visitor)
  switch (node.type) {
    case 'Identifier':
      visitor.reference({ node, scope, use: 'read' })
      return
    case 'MemberExpression':
      if (node.object.type === 'Identifier' && !isOptionalOrPrivate(node)) {
        const member = memberName(node)
        const members = member === undefined ? undefined : [member]
        visitor.reference({ node: node.object, scope, use: 'read', ...(members && { members }) })
      } else go(node.object)
      if (node.computed || node.property.type === 'PrivateIdentifier') go(node.property)
      return
    case 'CallExpression':
      markCalledInPlace(script, node.callee)
      if (node.callee.type === 'Identifier') visitor.reference({ node: node.callee, scope, use: 'call' })
      else go(node.callee)
      node.arguments.forEach(go)
      return
    case 'NewExpression':
      if (node.callee.type === 'Identifier') visitor.reference({ node: node.callee, scope, use: 'call' })
      else go(node.callee)
      node.arguments.forEach(go)
      return
    case 'TaggedTemplateExpression':
      if (node.tag.type === 'Identifier') visitor.reference({ node: node.tag, scope, use: 'call' })
      else go(node.tag)
      go(node.quasi)
      return
    case 'AssignmentExpression':
      assign(node.left)
      if (node.operator !== '=' && node.left.type === 'Identifier') go(node.left)
      go(node.right)
      return
    case 'UpdateExpression':
      assign(node.argument)
      return
    case 'ForInStatement':
    case 'ForOfStatement':
      if (node.left.type === 'VariableDeclaration') go(node.left)
      else visitTarget(script, node.left, scopeOfChild(script, node, scope, node.left), visitor)
      go(node.right)
      go(node.body)
      return
    case 'VariableDeclaration':
      for (const one of node.declarations) {
        // A second `var` of a name, or one in a loop, sets it again.
        if (node.kind === 'var' && one.init) reportVar(one.id, scope, visitor)
        bindingParts(one.id).forEach(go)
        if (one.init) visitInitialiser(one.id, one.init, scope, visitor, go)
      }
      return
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      if (node.computed) go(node.key)
      if (node.type === 'Property' && node.shorthand && node.value.type === 'Identifier')
        visitor.reference({ node: node.value, scope, use: 'shorthand' })
      else if (node.value) go(node.value)
      return
    case 'CatchClause':
      if (node.param) bindingParts(node.param).forEach(go)
      go(node.body)
      return
    case 'LabeledStatement':
      go(node.body)
      return
    case 'ExportNamedDeclaration':
      if (node.declaration) go(node.declaration)
      return
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
      return
    default:
      break
  }
  if (isFunction(node)) {
    for (const parameter of node.params)
      for (const part of bindingParts(parameter))
        visit(script, part, scopeOfChild(script, node, scope, parameter), visitor)
    go(node.body)
    return
  }
  for (const child of childrenOf(node)) {
    if ((node.type === 'ClassDeclaration' || node.type === 'ClassExpression') && child === node.id) continue
    go(child)
  }
}

/** Visits the target of an assignment: names are written, everything else in a pattern is read. */
function visitTarget(script: Script, target: AnyNode, scope: Scope, visitor: Visitor): void {
  const go = (child: AnyNode): void => visitTarget(script, child, scope, visitor)
  switch (target.type) {
    case 'Identifier':
      visitor.reference({ node: target, scope, use: 'write' })
      return
    case 'ObjectPattern':
      for (const property of target.properties) {
        if (property.type === 'RestElement') go(property.argument)
        else {
          if (property.computed) visit(script, property.key, scope, visitor)
          go(property.value)
        }
      }
      return
    case 'ArrayPattern':
      for (const element of target.elements) if (element) go(element)
      return
    case 'AssignmentPattern':
      go(target.left)
      visit(script, target.right, scope, visitor)
      return
    case 'RestElement':
      go(target.argument)
      return
    case 'ParenthesizedExpression':
      go(target.expression)
      return
    default:
      visit(script, target, scope, visitor)
  }
}

function visitInitialiser(
  id: Pattern,
  init: Expression,
  scope: Scope,
  visitor: Visitor,
  go: (child: AnyNode) => void,
): void {
  const members = init.type === 'Identifier' ? destructuredMembers(id) : undefined
  if (init.type === 'Identifier' && members) visitor.reference({ node: init, scope, use: 'read', members })
  else go(init)
}

function destructuredMembers(pattern: Pattern): string[] | undefined {
  if (pattern.type !== 'ObjectPattern') return undefined
  const members: string[] = []
  for (const property of pattern.properties) {
    if (property.type === 'RestElement' || property.computed) return undefined
    const name = keyName(property.key)
    if (name === undefined) return undefined
    members.push(name)
  }
  return members
}

/** Returns the expressions inside a binding pattern: defaults and computed keys. */
function bindingParts(pattern: Pattern): AnyNode[] {
  switch (pattern.type) {
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        property.type === 'RestElement'
          ? bindingParts(property.argument)
          : [...(property.computed ? [property.key] : []), ...bindingParts(property.value)],
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : bindingParts(element)))
    case 'AssignmentPattern':
      return [...bindingParts(pattern.left), pattern.right]
    case 'RestElement':
      return bindingParts(pattern.argument)
    default:
      return []
  }
}

function reportVar(pattern: Pattern, scope: Scope, visitor: Visitor): void {
  if (pattern.type === 'Identifier') visitor.reference({ node: pattern, scope, use: 'write' })
}

function markCalledInPlace(script: Script, callee: AnyNode): void {
  if (isFunction(callee)) script.calledInPlace.add(callee)
  // `(function () { … }).call(this)`
  else if (callee.type === 'MemberExpression' && isFunction(callee.object)) script.calledInPlace.add(callee.object)
}

function isOptionalOrPrivate(node: AnyNode): boolean {
  return node.type === 'MemberExpression' && node.property.type === 'PrivateIdentifier'
}

/** Returns the name of the member that a member expression reads, if the source contains it. */
export function memberName(node: AnyNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : undefined
  return node.property.type === 'Literal' && typeof node.property.value === 'string' ? node.property.value : undefined
}

/** Returns the name of a property, if the source contains its key. */
function keyName(key: AnyNode): string | undefined {
  if (key.type === 'Identifier') return key.name
  return key.type === 'Literal' && typeof key.value === 'string' ? key.value : undefined
}

/** Finds the declaration of a name in a scope; `undefined` for globals. */
export function resolve(name: string, scope: Scope): Declaration | undefined {
  for (let current: Scope | undefined = scope; current !== undefined; current = current.parent) {
    const declaration = current.names.get(name)
    if (declaration !== undefined) return declaration
  }
  return undefined
}
