import type { AnyNode } from 'acorn'

import { findFunction } from './find-function.ts'
import { isClass, isFunction, boundKey } from './nodes.ts'
import type { Position, Script } from './parse.ts'
import { boundNames } from './scopes.ts'

/** An export of a module: local variable and export name. */
export interface ExportedName {
  readonly local: string
  readonly name: string
}

export function exportsOf(script: Script): ExportedName[] {
  return script.program.body.flatMap((node) => {
    if (node.type === 'ExportDefaultDeclaration') {
      const { declaration } = node
      if (declaration.type === 'Identifier') return [{ local: declaration.name, name: 'default' }]
      return 'id' in declaration && declaration.id && declaration.type.endsWith('Declaration')
        ? [{ local: declaration.id.name, name: 'default' }]
        : []
    }
    if (node.type !== 'ExportNamedDeclaration' || node.source) return []
    if (node.declaration) return declaredNames(node.declaration).map((name) => ({ local: name, name }))
    return node.specifiers.map((one) => ({ local: boundKey(one.local) ?? '', name: boundKey(one.exported) ?? '' }))
  })
}

function declaredNames(node: AnyNode): string[] {
  if (node.type === 'VariableDeclaration') return node.declarations.flatMap((one) => boundNames(one.id))
  return (isFunction(node) || isClass(node)) && node.id ? [node.id.name] : []
}

/** Returns true if the function at a position is the module's unnamed default export. */
export function isDefaultExport(script: Script, position: Position): boolean {
  const found = findFunction(script, position)?.node
  if (found === undefined || (found.type.endsWith('Declaration') && found.id)) return false
  return script.program.body.some((node) => node.type === 'ExportDefaultDeclaration' && node.declaration === found)
}
