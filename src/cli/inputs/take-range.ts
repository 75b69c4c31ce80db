import type { Lot } from './read-lots.ts'

/** Leaves out the first inputs, and those after the last wanted one; reads no further than needed. */
export async function* takeRange(
  lots: AsyncIterable<Lot>,
  skip: number,
  limit: number,
): AsyncGenerator<Lot, void, undefined> {
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
