import { BadRow, type InputFormat } from '#manyhands/cli/inputs/formats/input-format.js'
import { inputParser } from '#manyhands/cli/inputs/input-source.js'

export interface Parsed {
  /** Bad rows as `place: message`. */
  readonly inputs: unknown[]
  readonly warnings: string[]
}

/** What a parser makes of these pieces. */
export function parsePieces(format: Exclude<InputFormat, 'json'>, pieces: readonly Uint8Array[]): Parsed {
  const warnings: string[] = []
  const parser = inputParser(format, 'in', (message) => warnings.push(message))
  const inputs = pieces.flatMap((piece) => parser.push(piece))
  inputs.push(...parser.end())
  return { inputs: inputs.map(shown), warnings }
}

/** All ways to cut bytes in two, and every byte alone. */
export function* waysToCut(bytes: Uint8Array): Generator<Uint8Array[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
  yield Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
}

export function shown(input: unknown): unknown {
  return input instanceof BadRow ? `${input.position}: ${input.message}` : input
}

export async function* piecesOf<T>(...pieces: T[]): AsyncGenerator<T, void, undefined> {
  yield* pieces
}
