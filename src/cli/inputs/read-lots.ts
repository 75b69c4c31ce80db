import type { InputParser } from './formats/input-parser.ts'

/** Inputs that are read together; a `BadRow` in place of one that could not be read. */
export type Lot = readonly unknown[]

/** Inputs out of bytes, as they come. */
export async function* readLots(
  chunks: AsyncIterable<Uint8Array>,
  parser: InputParser,
): AsyncGenerator<Lot, void, undefined> {
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
export async function begin(lots: AsyncIterator<Lot, void>, parser: InputParser): Promise<AsyncIterable<Lot>> {
  const read: Lot[] = []
  while (!parser.hasBegun) {
    const step = await lots.next()
    if (step.done === true) break
    read.push(step.value)
  }
  async function* all(): AsyncGenerator<Lot, void, undefined> {
    yield* read
    yield* { [Symbol.asyncIterator]: () => lots }
  }
  return all()
}
