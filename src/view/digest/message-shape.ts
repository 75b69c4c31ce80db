const LONGEST = 160
/** Of a message only so much is looked at. */
const READ = 10_000

/** Returns what failures of one kind share: the first line of the message without numbers, quoted names and the input. */
export function messageShape(message: string, input: unknown): string {
  const [line = ''] = message.slice(0, READ).split('\n', 1)
  // Inputs that are numbers are replaced as all numbers are.
  const isName = typeof input === 'string' && input.length > 2 && !/^[\d.,]+$/.test(input)
  const withoutInput = isName ? line.replaceAll(input, '…') : line
  return withoutInput
    .slice(0, LONGEST)
    .replace(/(["'`])(?:(?!\1).)*\1/g, '$1…$1')
    .replace(/\b0x[\da-f]+\b|\b(?=[a-f]*\d)[\da-f]{8,}\b/gi, '#')
    .replace(/\d+(?:[.,]\d+)*/g, '#')
}
