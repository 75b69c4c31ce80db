import type { AnyNode, Pattern } from 'acorn'

/** The text of a name that stands as identifier or string. */
export function boundKey(node: AnyNode): string | undefined {
  if (node.type === 'Identifier') return node.name
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

/** The members that lead from a destructured value to one of its names; `undefined` where it is not that simple. */
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
