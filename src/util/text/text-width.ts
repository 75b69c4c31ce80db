/** Characters that take two columns of a terminal: those of East Asia, and emoji. */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Script=Han}|\p{Emoji_Presentation}/u
/** Characters that take none: accents and joiners. */
const ZERO = /\p{Mark}|\u200D/u
const PLAIN = /^[ -~]*$/

/** Returns the number of columns that a text without control characters takes on a terminal. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const character of text) width += columnsOf(character)
  return width
}

/** Shortens a text to at most `columns`, of which the last shows `…` if some of it is missing. */
export function fit(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let kept = ''
  let room = columns - 1
  for (const character of text) {
    room -= columnsOf(character)
    if (room < 0) break
    kept += character
  }
  return `${kept}…`
}

function columnsOf(character: string): number {
  return ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1
}
