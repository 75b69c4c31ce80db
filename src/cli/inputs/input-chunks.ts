import type { InputParser } from './formats/input-format.ts'

/** Inputs that are read together; a `BadRow` in place of one that could not be read. */
export type InputChunk = readonly unknown[]

/** Inputs out of bytes, as they come. */
export async function* readChunks(
  chunks: AsyncIterable<Uint8Array>,
  parser: InputParser,
): AsyncGenerator<InputChunk, void, undefined> {
  for await (const chunk of chunks) yield parser.push(chunk)
  yield parser.end()
}

/** Reads up to where inputs begin: what is wrong before that is to be told before anything runs. */
export async function checkBeginning(chunks: AsyncIterable<Uint8Array>, parser: InputParser): Promise<void> {
  for await (const chunk of chunks) {
    parser.push(chunk)
    if (parser.hasBegun) return
  }
  parser.end()
}

/** The same for what can be read only once. Gives what to go on with. */
export async function begin(
  lots: AsyncIterator<InputChunk, void>,
  parser: InputParser,
): Promise<AsyncIterable<InputChunk>> {
  const read: InputChunk[] = []
  while (!parser.hasBegun) {
    const step = await lots.next()
    if (step.done === true) break
    read.push(step.value)
  }
  async function* all(): AsyncGenerator<InputChunk, void, undefined> {
    yield* read
    yield* { [Symbol.asyncIterator]: () => lots }
  }
  return all()
}

/** Leaves out the first inputs, and those after the last wanted one; reads no further than needed. */
export async function* takeRange(
  lots: AsyncIterable<InputChunk>,
  skip: number,
  limit: number,
): AsyncGenerator<InputChunk, void, undefined> {
  if (limit === 0) return
  const end = skip + limit
  let read = 0
  for await (const lot of lots) {
    const first = read
    read += lot.length
    yield first >= skip && read <= end ? lot : lot.slice(Math.max(skip - first, 0), end - first)
    if (read >= end) return
  }
}
