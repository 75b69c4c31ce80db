import type { AnyNode, Pattern, Statement, VariableDeclarator } from 'acorn'

import { childrenOf, isClass, isFunction, type ClassNode, type FunctionNode } from './nodes.ts'
import type { Script } from './parse.ts'
import type { Declaration, DeclarationKind, Scope } from './scope.ts'

/** Returns the scope of a child of a node. Made once per script. */
export function scopeOfChild(script: Script, node: AnyNode, scope: Scope, child: AnyNode): Scope {
  if (isFunction(node)) return scopeInFunction(script, node, scope, child)
  switch (node.type) {
    case 'ClassDeclaration':
    case 'ClassExpression':
      return child === node.id ? scope : once(script, node, () => classScope(node, scope))
    case 'PropertyDefinition':
      return child === node.value ? once(script, node, () => inner(node, scope, true, node)) : scope
    case 'StaticBlock':
      return once(script, node, () => {
        const made = inner(node, scope, true, node)
        declareVars(node.body, made)
        return declareLexical(node.body, made)
      })
    case 'BlockStatement':
      // The body of a function already has its scope.
      return scope.node === node ? scope : once(script, node, () => declareLexical(node.body, inner(node, scope)))
    case 'SwitchStatement':
      if (child === node.discriminant) return scope
      return once(script, node, () =>
        declareLexical(
          node.cases.flatMap((one) => one.consequent),
          inner(node, scope),
        ),
      )
    case 'ForStatement':
      return once(script, node, () => declareLexical(asStatements(node.init), inner(node, scope)))
    case 'ForInStatement':
    case 'ForOfStatement':
      return once(script, node, () => declareLexical(asStatements(node.left), inner(node, scope)))
    case 'CatchClause':
      return once(script, node, () => {
        const made = inner(node, scope)
        if (node.param) declarePattern(node.param, 'parameter', node, made)
        return made
      })
    default:
      return scope
  }
}

/** Returns the outermost scope of a file. */
export function programScope(script: Script): Scope {
  const { program } = script
  return once(script, program, () => {
    const strict = script.isModule || isStrictBody(program.body as Statement[])
    const scope: Scope = { node: program, parent: undefined, names: new Map(), strict, home: program }
    for (const node of program.body) {
      if (node.type !== 'ImportDeclaration') continue
      for (const specifier of node.specifiers) declare(scope, specifier.local.name, 'import', specifier)
    }
    const statements = program.body.flatMap((node) => exportedDeclaration(node))
    declareVars(statements, scope)
    return declareLexical(statements, scope)
  })
}

function exportedDeclaration(node: AnyNode): Statement[] {
  if (node.type === 'ExportNamedDeclaration') return node.declaration ? [node.declaration] : []
  if (node.type === 'ExportDefaultDeclaration') {
    const { declaration } = node
    return declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration'
      ? [declaration as Statement]
      : []
  }
  if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration') return []
  return [node as Statement]
}

function scopeInFunction(script: Script, node: FunctionNode, scope: Scope, child: AnyNode): Scope {
  if (child === node.id) return scope
  const parameters = once(script, node, () => parameterScope(node, scope))
  if (child !== node.body || node.body.type !== 'BlockStatement') return parameters
  const { body } = node
  return once(script, body, () => {
    const strict = parameters.strict || isStrictBody(body.body)
    const made: Scope = { ...inner(body, parameters), strict }
    declareVars(body.body, made)
    return declareLexical(body.body, made)
  })
}

function parameterScope(node: FunctionNode, scope: Scope): Scope {
  const isArrow = node.type === 'ArrowFunctionExpression'
  const strict = scope.strict || (node.body.type === 'BlockStatement' && isStrictBody(node.body.body))
  const made: Scope = {
    node,
    parent: scope,
    names: new Map<string, Declaration>(),
    strict,
    home: isArrow ? scope.home : node,
  }
  for (const parameter of node.params) declarePattern(parameter, 'parameter', node, made)
  if (!isArrow && !made.names.has('arguments')) declare(made, 'arguments', 'implicit', node)
  if (node.type === 'FunctionExpression' && node.id && !made.names.has(node.id.name))
    declare(made, node.id.name, 'implicit', node)
  return made
}

function classScope(node: ClassNode, scope: Scope): Scope {
  const made = inner(node, scope, true)
  if (node.id) declare(made, node.id.name, 'implicit', node)
  return made
}

function inner(node: AnyNode, parent: Scope, strict: boolean = parent.strict, home: AnyNode = parent.home): Scope {
  return { node, parent, names: new Map(), strict, home }
}

function once(script: Script, node: AnyNode, make: () => Scope): Scope {
  let scope = script.scopes.get(node)
  if (scope === undefined) script.scopes.set(node, (scope = make()))
  return scope
}

function asStatements(node: AnyNode | null | undefined): Statement[] {
  return node?.type === 'VariableDeclaration' ? [node] : []
}

function isStrictBody(body: readonly Statement[]): boolean {
  for (const statement of body) {
    if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) return false
    if (statement.directive === 'use strict') return true
  }
  return false
}

function declare(
  scope: Scope,
  name: string,
  kind: DeclarationKind,
  node: AnyNode,
  declarator?: VariableDeclarator,
): void {
  if (scope.names.has(name)) return
  scope.names.set(name, { kind, name, node, scope, ...(declarator && { declarator }) })
}

function declarePattern(
  pattern: Pattern,
  kind: DeclarationKind,
  node: AnyNode,
  scope: Scope,
  declarator?: VariableDeclarator,
): void {
  for (const name of boundNames(pattern)) declare(scope, name, kind, node, declarator)
}

/** Returns the names that a pattern binds. */
export function boundNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === 'RestElement' ? property.argument : property.value),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : boundNames(element)))
    case 'RestElement':
      return boundNames(pattern.argument)
    case 'AssignmentPattern':
      return boundNames(pattern.left)
    default:
      return []
  }
}

/** Declares `let`, `const`, `using`, classes and functions that stand directly in a list of statements. */
function declareLexical(statements: readonly Statement[], scope: Scope): Scope {
  for (const statement of statements) {
    const node = unlabelled(statement)
    if (node.type === 'FunctionDeclaration') declareOptional(scope, node.id, 'function', node)
    else if (node.type === 'ClassDeclaration') declareOptional(scope, node.id, 'class', node)
    else if (node.type === 'VariableDeclaration' && node.kind !== 'var') {
      const kind = node.kind === 'let' ? 'let' : 'const'
      for (const one of node.declarations) declarePattern(one.id, kind, one, scope, one)
    }
  }
  return scope
}

function declareOptional(
  scope: Scope,
  id: { name: string } | null | undefined,
  kind: DeclarationKind,
  node: AnyNode,
): void {
  // `export default function () {}` has no name.
  if (id) declare(scope, id.name, kind, node)
}

function unlabelled(statement: Statement): Statement {
  return statement.type === 'LabeledStatement' ? unlabelled(statement.body) : statement
}

/** Declares the `var`s of a function at any depth, and the functions in blocks of sloppy code. */
function declareVars(statements: readonly AnyNode[], scope: Scope, nested = false): void {
  for (const node of statements) {
    if (node.type === 'VariableDeclaration') {
      if (node.kind === 'var') for (const one of node.declarations) declarePattern(one.id, 'var', one, scope, one)
    } else if (node.type === 'FunctionDeclaration') {
      if (nested && !scope.strict) declareOptional(scope, node.id, 'var', node)
    } else if (!isFunction(node) && !isClass(node) && isStatementLike(node)) {
      declareVars(childrenOf(node), scope, true)
    }
  }
}

function isStatementLike(node: AnyNode): boolean {
  return node.type.endsWith('Statement') || node.type === 'SwitchCase' || node.type === 'CatchClause'
}
