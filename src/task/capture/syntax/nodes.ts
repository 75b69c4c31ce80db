import type { AnyNode, Pattern } from 'acorn'

/** Returns the nodes directly below a node, in the order of the source. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = []
  for (const key of Object.keys(node)) {
    const value = (node as unknown as Record<string, unknown>)[key]
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) children.push(item)
    } else if (isNode(value)) children.push(value)
  }
  return children
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** A function of any spelling. */
export type FunctionNode = Extract<AnyNode, { params: unknown }>

export function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression' || node.type === 'FunctionDeclaration'
  )
}

export type ClassNode = Extract<AnyNode, { superClass?: unknown }>

export function isClass(node: AnyNode): node is ClassNode {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
}

/** Returns true if one node lies inside another, or is the same. */
export function within(inner: AnyNode, outer: AnyNode): boolean {
  return inner.start >= outer.start && inner.end <= outer.end
}

/** Returns the text of a name that is an identifier or a string. */
export function boundKey(node: AnyNode): string | undefined {
  if (node.type === 'Identifier') return node.name
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

/** Returns the members that lead from a destructured value to one of its names; `undefined` for complex patterns. */
export function memberPath(pattern: Pattern, name: string): string[] | undefined {
  if (pattern.type === 'Identifier') return pattern.name === name ? [] : undefined
  if (pattern.type !== 'ObjectPattern') return undefined
  for (const property of pattern.properties) {
    if (property.type === 'RestElement' || property.computed) continue
    const key = boundKey(property.key)
    const rest = memberPath(property.value, name)
    if (key !== undefined && rest !== undefined) return [key, ...rest]
  }
  return undefined
}
