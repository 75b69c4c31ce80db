/** The line terminators of JavaScript, as V8, the parser and source maps count them; `\r\n` is one. */
const LINE_END = /\r\n|[\n\r\u2028\u2029]/

/** Returns the offset of the start of each line of a source. */
export function lineStartsOf(source: string): number[] {
  const starts = [0]
  const ends = new RegExp(LINE_END, 'g')
  while (ends.test(source)) starts.push(ends.lastIndex)
  return starts
}

/** Splits a source into its lines. */
export function linesOf(source: string): string[] {
  return source.split(LINE_END)
}

/** Returns the line terminators in a part of a source, to keep the number of its lines when it is replaced. */
export function lineEndsIn(source: string): string {
  return source.replaceAll(/[^\n\r\u2028\u2029]/g, '')
}
