/** Leaves out the first inputs, and those after the last wanted one; reads no further than needed. */
export async function* takeRange<T>(
  inputs: AsyncIterable<T>,
  skip: number,
  limit: number,
): AsyncGenerator<T, void, undefined> {
  if (limit === 0) return
  let read = 0
  for await (const input of inputs) {
    if (++read <= skip) continue
    yield input
    if (read - skip >= limit) return
  }
}
