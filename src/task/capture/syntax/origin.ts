import type { AnyNode, CallExpression, Expression, ImportAttribute, Pattern } from 'acorn'

import { isFunction, within, boundKey, memberPath } from './nodes.ts'
import type { Script } from './parse.ts'
import { resolve, visit } from './references.ts'
import type { Declaration, Scope } from './scope.ts'

/** The origin of a variable's value according to the source. Holds no part of the tree. */
export type Origin = Loaded | { readonly from: 'variable'; readonly lexical?: Lexical }

type Loaded =
  | {
      readonly from: 'import'
      /** True for an `import` declaration, false for `await import()`. */
      readonly declared: boolean
      readonly specifier: string
      /** The name of the export; `*` for the whole module. */
      readonly name: string
      readonly attributes?: Readonly<Record<string, string>>
      /** The members taken from it, for `const { a } = await import('x')`. */
      readonly path: readonly string[]
      readonly lexical?: Lexical
    }
  | {
      readonly from: 'require'
      readonly specifier: string
      readonly path: readonly string[]
      /** A function around the `require`, such as `__toESM`, and its further arguments. */
      readonly helper?: { readonly name: string; readonly rest: readonly unknown[] }
      readonly lexical?: Lexical
    }

/** Facts that show if a `const`, `let` or class has been initialised yet. */
export interface Lexical {
  /** Offset from which it has its value. */
  readonly offset: number
  /** True if its initialiser can never give `undefined`. */
  readonly neverUndefined: boolean
  /** Offset of the function around it; undefined if there is none. */
  readonly owner: number | undefined
}

/** Reads the declaration of a variable. */
export function originOf(script: Script, declaration: Declaration): Origin {
  const { node, declarator } = declaration
  if (declaration.kind === 'import') return importOrigin(script, node)
  const init = declarator?.init
  if (declarator && init) {
    const loaded = loadedOrigin(init)
    const path = loaded && memberPath(declarator.id, declaration.name)
    if (loaded && path && !isReassigned(script, declaration))
      return { ...loaded, path: [...loaded.path, ...path], ...lexicalOf(declaration) }
  }
  return { from: 'variable', ...lexicalOf(declaration) }
}

function importOrigin(script: Script, specifier: AnyNode): Origin {
  for (const node of script.program.body) {
    if (node.type !== 'ImportDeclaration' || !within(specifier, node)) continue
    const attributes = attributesOf(node.attributes)
    const name = importedName(specifier)
    return { from: 'import', declared: true, specifier: String(node.source.value), name, path: [], ...attributes }
  }
  return { from: 'variable' }
}

function importedName(specifier: AnyNode): string {
  if (specifier.type === 'ImportNamespaceSpecifier') return '*'
  if (specifier.type === 'ImportSpecifier') return boundKey(specifier.imported) ?? 'default'
  return 'default'
}

function attributesOf(attributes: readonly ImportAttribute[]): { attributes?: Record<string, string> } {
  if (attributes.length === 0) return {}
  return { attributes: Object.fromEntries(attributes.map((one) => [boundKey(one.key) ?? '', String(one.value.value)])) }
}

/** Matches `require('x')`, `helper(require('x'), 1)`, `require('x').member`, `await import('x')`. */
function loadedOrigin(init: Expression): Loaded | undefined {
  if (init.type === 'MemberExpression' && init.object.type !== 'Super') {
    const inner = loadedOrigin(init.object)
    const member = init.computed ? undefined : boundKey(init.property)
    return inner && member !== undefined ? { ...inner, path: [...inner.path, member] } : undefined
  }
  if (init.type === 'AwaitExpression') return awaitedImport(init.argument)
  if (init.type !== 'CallExpression') return undefined
  return requireCall(init) ?? helperCall(init)
}

function awaitedImport(node: Expression): Loaded | undefined {
  if (node.type !== 'ImportExpression' || node.options) return undefined
  const specifier = textOf(node.source)
  return specifier === undefined ? undefined : { from: 'import', declared: false, specifier, name: '*', path: [] }
}

function requireCall(call: CallExpression): Loaded | undefined {
  if (call.callee.type !== 'Identifier' || call.callee.name !== 'require' || call.arguments.length !== 1)
    return undefined
  const specifier = textOf(call.arguments[0] as Expression)
  return specifier === undefined ? undefined : { from: 'require', specifier, path: [] }
}

function helperCall(call: CallExpression): Loaded | undefined {
  const [first, ...rest] = call.arguments
  if (call.callee.type !== 'Identifier' || first?.type !== 'CallExpression') return undefined
  const inner = requireCall(first)
  if (inner?.from !== 'require' || !rest.every((one) => one.type === 'Literal')) return undefined
  const values = rest.map((one) => (one.type === 'Literal' ? one.value : undefined))
  return { ...inner, helper: { name: call.callee.name, rest: values } }
}

function textOf(node: AnyNode): string | undefined {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

/** Returns true if a variable is assigned anywhere after its declaration. */
function isReassigned(script: Script, declaration: Declaration): boolean {
  if (declaration.kind === 'const') return false
  let reassigned = false
  const { scope } = declaration
  visit(script, scope.node, scope.parent ?? scope, {
    reference({ node, scope: at, use }) {
      if (use !== 'write' || node.name !== declaration.name || resolve(node.name, at) !== declaration) return
      if (declaration.declarator?.id !== node) reassigned = true
    },
  })
  return reassigned
}

function lexicalOf(declaration: Declaration): { lexical?: Lexical } {
  const { kind, declarator, node } = declaration
  if (kind !== 'class' && kind !== 'const' && kind !== 'let') return {}
  // `let x` without a value is `undefined`; in the head of a loop, the loop gives the value.
  if (kind !== 'class' && !declarator?.init) return {}
  const neverUndefined = kind === 'class' || (declarator?.init ? givesValue(declarator.id, declarator.init) : false)
  return { lexical: { offset: declarator?.end ?? node.end, neverUndefined, owner: ownerOf(declaration)?.start } }
}

function ownerOf(declaration: Declaration): AnyNode | undefined {
  for (let scope: Scope | undefined = declaration.scope; scope !== undefined; scope = scope.parent) {
    if (isFunction(scope.node)) return scope.node
  }
  return undefined
}

function givesValue(id: Pattern, init: Expression): boolean {
  if (id.type !== 'Identifier') return false
  switch (init.type) {
    case 'Literal':
    case 'TemplateLiteral':
    case 'ObjectExpression':
    case 'ArrayExpression':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ClassExpression':
    case 'NewExpression':
    case 'BinaryExpression':
    case 'UpdateExpression':
    case 'ImportExpression':
      return true
    case 'UnaryExpression':
      return init.operator !== 'void'
    case 'ConditionalExpression':
      return givesValue(id, init.consequent) && givesValue(id, init.alternate)
    case 'LogicalExpression':
      return init.operator === '&&'
        ? givesValue(id, init.left) && givesValue(id, init.right)
        : givesValue(id, init.right)
    case 'AwaitExpression':
      return init.argument.type === 'ImportExpression'
    case 'AssignmentExpression':
      return init.operator === '=' && givesValue(id, init.right)
    case 'SequenceExpression':
      return givesValue(id, init.expressions.at(-1) as Expression)
    default:
      return false
  }
}
