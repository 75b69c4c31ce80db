import { usageError } from '../command-error.ts'

/** The values of JSON Lines. Blank lines count for nothing. */
export async function* readJsonLines(
  lines: AsyncIterable<string>,
  name: string,
): AsyncGenerator<unknown, void, undefined> {
  let row = 0
  for await (const line of lines) {
    row++
    if (line.trim() === '') continue
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch (error) {
      throw usageError(`${name}:${row} is not JSON: ${(error as Error).message}`)
    }
    yield value
  }
}
