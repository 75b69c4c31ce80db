import { inputError } from './input-error.ts'

/** What comes in on stdin, up to its end or until nobody wants more. */
export async function* readStdin(): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* process.stdin as AsyncIterable<Uint8Array>
  } catch (error) {
    // Closed on purpose, because the run ends.
    if (process.stdin.destroyed && (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return
    throw inputError(`cannot read the inputs on stdin: ${(error as Error).message}`, error)
  }
}
