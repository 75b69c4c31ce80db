import { cutText } from '../format/visible-text.ts'

const LONGEST = 160

/** Shows an input on one line: a text as it is, all else as JSON; cut. */
export function shownInput(input: unknown): string {
  if (input === undefined) return ''
  const text = typeof input === 'string' ? input : JSON.stringify(input)
  return cutText(text.slice(0, LONGEST + 1), LONGEST).replaceAll('\n', '⏎')
}
