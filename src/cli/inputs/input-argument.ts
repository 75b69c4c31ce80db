import { existsSync } from 'node:fs'

/** What an argument among the inputs stands for. */
export type InputArgument =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'glob'; readonly pattern: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin' }

/** `*`, `?`, `[a-z]`, `{a,b}`, `{1..3}`, `+(a|b)` */
const GLOB = /[*?]|\[[^\]]+\]|\{[^}]*(?:,|\.\.)[^}]*\}|[@!+]\([^)]*\)/

/** Reads an argument: values, globs, `@file`, `-` for stdin, `@@x` for the value `@x`. With `literal` all are values. */
export function readArgument(text: string, literal: boolean): InputArgument {
  if (literal) return { kind: 'value', value: text }
  if (text === '-') return { kind: 'stdin' }
  if (text.startsWith('@@')) return { kind: 'value', value: text.slice(1) }
  if (text.startsWith('@')) return { kind: 'file', path: text.slice(1) }
  // A file may be called `[id].ts`.
  if (GLOB.test(text) && !existsSync(text)) return { kind: 'glob', pattern: text }
  return { kind: 'value', value: text }
}
