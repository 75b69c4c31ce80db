/** Characters that cannot be seen, reverse the direction of text, or are half of a pair. */
const HIDDEN =
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]|\p{Surrogate}/gu

/** Writes out what cannot be seen in a text that may hold anything: `\u202e`. Tabs and line breaks stay. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Cuts a text to a length, with a sign that it was cut. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text
  const isHalf = /[\uD800-\uDBFF]$/.test(text.slice(0, length - 1))
  return `${text.slice(0, isHalf ? length - 2 : length - 1)}…`
}
