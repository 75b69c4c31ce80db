import type { InputParser } from './formats/input-format.ts'

/** Inputs that were read together; a `BadRow` in place of one that could not be read. */
export type InputChunk = readonly unknown[]

/** Parses bytes into inputs, as they come. */
export async function* readChunks(
  bytes: AsyncIterable<Uint8Array>,
  parser: InputParser,
): AsyncGenerator<InputChunk, void, undefined> {
  for await (const piece of bytes) yield parser.push(piece)
  yield parser.end()
}

/** Reads up to the first input, so that errors before it, as in a header, are known before anything runs. */
export async function checkBeginning(bytes: AsyncIterable<Uint8Array>, parser: InputParser): Promise<void> {
  for await (const piece of bytes) {
    parser.push(piece)
    if (parser.hasBegun) return
  }
  parser.end()
}

/** Reads up to the first input of what can be read only once. Resolves to all chunks, those read included. */
export async function begin(
  chunks: AsyncIterator<InputChunk, void>,
  parser: InputParser,
): Promise<AsyncIterable<InputChunk>> {
  const read: InputChunk[] = []
  while (!parser.hasBegun) {
    const step = await chunks.next()
    if (step.done === true) break
    read.push(step.value)
  }
  async function* all(): AsyncGenerator<InputChunk, void, undefined> {
    yield* read
    yield* { [Symbol.asyncIterator]: () => chunks }
  }
  return all()
}

/** Leaves out the first `skip` inputs, and ends after `limit` more; reads no further than needed. */
export async function* takeRange(
  chunks: AsyncIterable<InputChunk>,
  skip: number,
  limit: number,
): AsyncGenerator<InputChunk, void, undefined> {
  if (limit === 0) return
  const end = skip + limit
  let read = 0
  for await (const chunk of chunks) {
    const first = read
    read += chunk.length
    yield first >= skip && read <= end ? chunk : chunk.slice(Math.max(skip - first, 0), end - first)
    if (read >= end) return
  }
}
