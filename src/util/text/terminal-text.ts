import { styleText } from 'node:util'

/** Control characters, and those that reverse the direction of text: they could make a terminal show something else. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const UNSAFE = /[\u0000-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028\u2029\u202A-\u202E\uFEFF\u2066-\u2069]/g

/** Makes untrusted text safe to print on one line: `␛[2J` for an escape sequence. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, shown)
}

/** Makes untrusted text of several lines safe to print; line breaks stay. */
export function escapeLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(UNSAFE, (character) => (/[\n\t]/.test(character) ? character : shown(character)))
}

function shown(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x24_00 + code)
  if (code === 0x7f) return '␡'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}

/** A style of text. */
export type Look = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim'

/** Applies a style to text, if its stream shows any. */
export type Paint = (look: Look, text: string) => string

/** Returns the paint for a stream. `FORCE_COLOR` and `NO_COLOR` override its abilities. */
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
