import { CommandError } from '../command-error.ts'
import { EXIT } from '../exit-codes.ts'

/** Longer lines are no lines, but a file that is no text. */
const LONGEST = 2 ** 28

/** Tells the user of something odd in the inputs. */
export type Warn = (message: string) => void

/** The lines of UTF-8 text as it comes. Ends of lines are `\n` and `\r\n`; the last one may lack its end. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  warn: Warn,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  let hasWarned = false
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true })
    if (!hasWarned && text.includes('\uFFFD') && !Buffer.from(chunk).includes('\uFFFD')) {
      hasWarned = true
      warn(`${name} holds bytes that are not UTF-8: they arrive as "\uFFFD"`)
    }
    const lines = text.split('\n')
    lines[0] = rest + lines[0]
    rest = lines.pop() as string
    if (rest.length > LONGEST)
      throw new CommandError(`${name} holds a line of more than ${LONGEST} characters`, EXIT.usage)
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line
  }
  rest += decoder.decode()
  if (rest !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest
}
