import type { AnyNode } from 'acorn'

import type { FoundFunction } from './find-function.ts'
import { isClass, within, boundKey } from './nodes.ts'
import type { Script } from './parse.ts'
import { memberName, resolve, visit } from './references.ts'
import { isAround, type Scope } from './scope.ts'

/** A part of a function that works only at its original place. */
export interface Refusal {
  readonly variable: string
  readonly reason: string
}

/**
 * Finds the parts of a function that can be sent neither by value nor by reference. Parts in `except` will be replaced.
 */
export function refusalsOf(script: Script, found: FoundFunction, except: AnyNode | undefined): Refusal[] {
  const { node: task, scope: around } = found
  const refusals = new Map<string, Refusal>()
  const refuse = (variable: string, reason: string): void => {
    if (!refusals.has(variable)) refusals.set(variable, { variable, reason })
  }
  const thisMembers = new Set<string>()
  visit(script, task, found.scope, {
    reference({ node, scope, use }) {
      if (node.name === 'eval' && use === 'call' && resolve('eval', scope) === undefined)
        refuse('eval', 'code in eval() may use any variable. Write the code as a function.')
      if (node.name === 'arguments' && isOuterArguments(around, scope))
        refuse('arguments', 'it belongs to the function around it. Use rest parameters: (...args) => …')
    },
    enter(node, scope) {
      if (except !== undefined && within(node, except)) return
      switch (node.type) {
        case 'MemberExpression':
        case 'VariableDeclaration':
          for (const name of membersOfThis(node)) thisMembers.add(name)
          break
        case 'ThisExpression':
          if (isOuterThis(script, around, scope)) refuse('this', '')
          break
        case 'Super':
          if (scope.home === around.home || scope.home === task)
            refuse(
              'super',
              'it belongs to the class or object around it. Call the method by its name, or use a class as the task.',
            )
          break
        case 'MetaProperty':
          if (node.meta.name === 'new' && scope.home === around.home)
            refuse('new.target', 'it belongs to the function around it. Keep it in a variable first.')
          break
        case 'PrivateIdentifier':
          if (!isOwnPrivate(node.name, scope, around))
            refuse(
              `#${node.name}`,
              `only its class can read it. Keep it in a variable first: const ${node.name} = this.#${node.name}.`,
            )
          break
        default:
          break
      }
    },
  })
  if (refusals.has('this')) refusals.set('this', { variable: 'this', reason: thisReason([...thisMembers]) })
  // The name of a private member says more than the `this` before it.
  return [...refusals.values()].toSorted((a, b) => rank(a) - rank(b))
}

function rank({ variable }: Refusal): number {
  return variable.startsWith('#') ? 0 : 1
}

function thisReason(members: readonly string[]): string {
  const names = members.length > 0 ? members.join(', ') : 'value'
  return `it belongs to the function around it. Keep what is needed in variables first: const { ${names} } = this.`
}

function membersOfThis(node: AnyNode): string[] {
  if (node.type === 'MemberExpression' && node.object.type === 'ThisExpression') {
    const name = memberName(node)
    return name === undefined ? [] : [name]
  }
  if (node.type !== 'VariableDeclaration') return []
  return node.declarations.flatMap(({ id, init }) =>
    init?.type === 'ThisExpression' && id.type === 'ObjectPattern'
      ? id.properties.flatMap((one) => (one.type === 'Property' ? (boundKey(one.key) ?? []) : []))
      : [],
  )
}

/** At the top of a module `this` is `undefined` on both sides. */
function isOuterThis(script: Script, around: Scope, scope: Scope): boolean {
  return scope.home === around.home && !(script.isModule && scope.home.type === 'Program')
}

function isOuterArguments(around: Scope, scope: Scope): boolean {
  const declared = resolve('arguments', scope)
  return declared === undefined || isAround(declared.scope, around)
}

function isOwnPrivate(name: string, scope: Scope, around: Scope): boolean {
  for (let current: Scope | undefined = scope; current !== undefined && current !== around; current = current.parent) {
    if (isClass(current.node) && declaresPrivate(current.node, name)) return true
  }
  return false
}

function declaresPrivate(node: AnyNode, name: string): boolean {
  return (
    isClass(node) &&
    node.body.body.some(
      (member) => member.type !== 'StaticBlock' && member.key.type === 'PrivateIdentifier' && member.key.name === name,
    )
  )
}
