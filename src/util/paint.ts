import { styleText } from 'node:util'

/** How a piece of text looks. */
export type Look = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim'

/** Gives text a look, where its stream shows any. */
export type Paint = (look: Look, text: string) => string

/** How to paint text for a stream: `FORCE_COLOR` and `NO_COLOR` come before what it can show. */
export function paintFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Paint {
  if (!hasColors(stream, env)) return (_, text) => text
  return (look, text) => styleText(look, text, { validateStream: false })
}

function hasColors(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = env
  if (force !== undefined) return force !== '0' && force !== 'false'
  if (no !== undefined && no !== '') return false
  return stream.isTTY === true && term !== 'dumb'
}
