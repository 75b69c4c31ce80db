/** Returns what is left of some buffers of which so many bytes were written. */
export function restOf<B extends Uint8Array>(buffers: readonly B[], written: number): B[] {
  const rest: B[] = []
  let left = written
  for (const buffer of buffers) {
    if (left < buffer.length) rest.push(left === 0 ? buffer : (buffer.subarray(left) as B))
    left = Math.max(0, left - buffer.length)
  }
  return rest
}
