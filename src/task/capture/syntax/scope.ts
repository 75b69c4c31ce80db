import type { AnyNode, VariableDeclarator } from 'acorn'

export type DeclarationKind = 'import' | 'const' | 'let' | 'var' | 'class' | 'function' | 'parameter' | 'implicit'

/** The declaration of a name. */
export interface Declaration {
  readonly kind: DeclarationKind
  readonly name: string
  readonly node: AnyNode
  readonly scope: Scope
  /** The declarator of a `const`, `let` or `var`. */
  readonly declarator?: VariableDeclarator
}

/** A region of the source in which names are declared. */
export interface Scope {
  readonly node: AnyNode
  readonly parent: Scope | undefined
  readonly names: Map<string, Declaration>
  readonly strict: boolean
  /** The function, field initialiser, static block or program that `this` belongs to. */
  readonly home: AnyNode
}

/** Returns true if a scope encloses another, or is the same. */
export function isAround(outer: Scope, scope: Scope): boolean {
  for (let current: Scope | undefined = scope; current !== undefined; current = current.parent)
    if (current === outer) return true
  return false
}
