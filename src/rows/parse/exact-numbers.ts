/** Integers of so many digits may be too large for a number. */
const DIGITS = 16

const ZERO = 0x30
const NINE = 0x39
const POINT = 0x2e

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const INTEGER = /^-?\d+$/
/** Texts without this hold only numbers that are exact, or fractions. */
const SUSPICIOUS = /\d{16}|\d[eE]\+?\d{3}/

/**
 * Parses JSON without loss: integers beyond 2^53 become bigints, and numbers beyond the range of numbers (`1e400`) texts. A
 * text without such numbers costs little more than `JSON.parse`.
 */
export function parseExactly(text: string): unknown {
  const value: unknown = JSON.parse(text)
  if (!SUSPICIOUS.test(text)) return value
  let hasInexact = false
  // All texts get a mark, so that those in the place of numbers differ from them.
  const marked = replaceTokens(
    text,
    (string) => `"s${string.slice(1)}`,
    (number) => {
      const isInexact = INTEGER.test(number) ? !Number.isSafeInteger(Number(number)) : !Number.isFinite(Number(number))
      hasInexact ||= isInexact
      return isInexact ? `"n${number}"` : number
    },
  )
  if (!hasInexact) return value
  return JSON.parse(marked, (_key, parsed: unknown) => {
    if (typeof parsed !== 'string') return parsed
    const content = parsed.slice(1)
    return parsed[0] === 's' || !INTEGER.test(content) ? content : BigInt(content)
  })
}

/** Finds a number in JSON that `JSON.parse` changes: an integer that it rounds, or one beyond the range of numbers. */
export function inexactNumber(text: string): string | undefined {
  if (!SUSPICIOUS.test(text)) return undefined
  let found: string | undefined
  replaceTokens(
    text,
    (string) => string,
    (number) => {
      const value = Number(number)
      if (!Number.isFinite(value) || (INTEGER.test(number) && BigInt(value) !== BigInt(number))) found ??= number
      return number
    },
  )
  return found
}

/** Returns JSON with other texts and numbers in it. Keys stay. */
function replaceTokens(text: string, string: (token: string) => string, number: (token: string) => string): string {
  const parts: string[] = []
  let copied = 0
  const replace = (start: number, end: number, by: string): void => {
    parts.push(text.slice(copied, start), by)
    copied = end
  }
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      const end = endOfString(text, at)
      if (!isKey(text, end)) replace(at, end, string(text.slice(at, end)))
      at = end
    } else if (code === 0x2d || (code >= ZERO && code <= NINE)) {
      NUMBER.lastIndex = at
      const token = NUMBER.exec(text)?.[0] ?? text[at]
      replace(at, at + (token as string).length, number(token as string))
      at += (token as string).length
    } else at++
  }
  parts.push(text.slice(copied))
  return parts.join('')
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return text.length
    let slashes = 0
    while (text[quote - 1 - slashes] === '\\') slashes++
    if (slashes % 2 === 0) return quote + 1
    at = quote + 1
  }
}

/** True if a colon comes next. */
function isKey(text: string, from: number): boolean {
  let at = from
  while (text.charCodeAt(at) <= 0x20) at++
  return text[at] === ':'
}

/**
 * Finds an integer of 16 digits or more in bytes; -1 if there is none. Looks at every 16th byte only, so that it costs next
 * to nothing: 16 digits in a row cannot pass between two of them. Digits behind a point, and between quotes, are none.
 */
export function indexOfLongInteger(bytes: Buffer, from: number): number {
  for (let at = from + DIGITS - 1; at < bytes.length; at += DIGITS) {
    const byte = bytes[at] as number
    if (byte < ZERO || byte > NINE) continue
    let start = at
    while (isDigit(bytes[start - 1])) start--
    let end = at + 1
    while (isDigit(bytes[end])) end++
    at = end - 1
    if (end - start >= DIGITS && bytes[start - 1] !== POINT && !(bytes[start - 1] === 0x22 && bytes[end] === 0x22))
      return start
  }
  return -1
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}
