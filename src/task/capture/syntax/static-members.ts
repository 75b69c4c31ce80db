import type { ClassNode } from './children.ts'
import { boundKey } from './patterns.ts'

/** Names of the static methods and accessors of a class: evaluating its source makes them again. */
export function staticMembers(node: ClassNode): string[] {
  return node.body.body.flatMap((member) =>
    member.type === 'MethodDefinition' && member.static && !member.computed ? (boundKey(member.key) ?? []) : [],
  )
}
