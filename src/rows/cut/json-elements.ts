import type { BoundsList } from './bounds-list.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const SLASH = 0x5c
const SPACE = 0x20
/** `[` and `{` differ from `]` and `}` by 2. */
const [OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [0x5b, 0x7b, 0x5d, 0x7d]

/** Adds the bounds of the elements of an array, or of the one value that JSON holds otherwise. The JSON must be valid. */
export function addElements(json: Buffer, rows: BoundsList): void {
  const first = afterSpace(json, 0)
  if (json[first] !== OPEN_LIST) return rows.push(first, beforeSpace(json, json.length))
  let start = first + 1
  let depth = 0
  for (let at = start; ; at++) {
    const byte = json[at]
    if (byte === QUOTE) at = closingQuote(json, at + 1)
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++
    else if (depth > 0) {
      if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--
    } else if (byte === COMMA || byte === CLOSE_LIST) {
      const begin = afterSpace(json, start)
      // An empty array has none.
      if (begin < at) rows.push(begin, beforeSpace(json, at))
      if (byte === CLOSE_LIST) return
      start = at + 1
    }
  }
}

function closingQuote(json: Buffer, from: number): number {
  for (let at = from; ; at++) {
    if (json[at] === SLASH) at++
    else if (json[at] === QUOTE) return at
  }
}

function afterSpace(json: Buffer, from: number): number {
  let at = from
  while ((json[at] as number) <= SPACE) at++
  return at
}

function beforeSpace(json: Buffer, to: number): number {
  let at = to
  while ((json[at - 1] as number) <= SPACE) at--
  return at
}
