import type { Callable } from './callable.ts'
import { looksNative } from './native-reference.ts'

/** Where a function stands in the user's files, from the working directory: `src/report.ts:12`. */
export async function placeOf(fn: Callable): Promise<string> {
  if (looksNative(fn)) return 'native code'
  try {
    const { findPlace } = await import('./capture-graph.ts')
    return (await findPlace(fn)) ?? 'an unknown place'
  } catch {
    // Only names and messages need it: without an inspector they do without.
    return 'an unknown place'
  }
}
