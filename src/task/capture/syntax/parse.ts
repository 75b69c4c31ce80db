import { parse as parseWithAcorn, type AnyNode, type Program } from 'acorn'

import type { Scope } from './scope.ts'
import { lineStartsOf } from './source-lines.ts'

/** A parsed file in the form in which it runs. */
export interface Script {
  readonly source: string
  readonly program: Program
  readonly isModule: boolean
  /** Offset of the start of each line. */
  readonly lineStarts: readonly number[]
  /** Scopes made so far, by the node that makes them. */
  readonly scopes: Map<AnyNode, Scope>
  /** Functions that are called where they stand; filled by walking. */
  readonly calledInPlace: Set<AnyNode>
}

/** A position in a file, both from 0. */
export interface Position {
  readonly line: number
  readonly column: number
}

export function parse(source: string, isModule: boolean): Script {
  const program = parseWithAcorn(source, {
    ecmaVersion: 'latest',
    sourceType: isModule ? 'module' : 'commonjs',
    allowHashBang: true,
    // Text that was compiled inside a class may be parsed alone.
    checkPrivateFields: false,
  })
  return { source, program, isModule, lineStarts: lineStartsOf(source), scopes: new Map(), calledInPlace: new Set() }
}

export function offsetOf(script: Script, position: Position): number {
  return (script.lineStarts[position.line] ?? script.source.length) + position.column
}

export function positionOf(script: Script, offset: number): Position {
  let low = 0
  let high = script.lineStarts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((script.lineStarts[middle] as number) <= offset) low = middle
    else high = middle - 1
  }
  return { line: low, column: offset - (script.lineStarts[low] as number) }
}
