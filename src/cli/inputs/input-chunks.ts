/** Inputs that were read together; a `BadRow` in place of one that could not be read. */
export type InputChunk = readonly unknown[]

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
