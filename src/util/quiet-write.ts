const ignore = (): void => {}
/** Streams whose error is awaited. */
const failing = new WeakSet<NodeJS.WritableStream>()

/**
 * Writes to a stream for people, as `console` does: if its reader is gone or its disk is full the text is lost, and the
 * program goes on. Listeners of the stream's errors are told all the same.
 */
export function writeQuietly(stream: NodeJS.WritableStream, text: string | Uint8Array): void {
  try {
    stream.write(text, (error) => error && awaitError(stream))
  } catch {
    // A stream of the program's own, which throws.
  }
}

/**
 * Called when a write has failed, before the stream says so: without a listener its error would end the program. The
 * pipes of worker threads listen, too, but throw the error again if no one else does.
 */
function awaitError(stream: NodeJS.WritableStream): void {
  if (failing.has(stream)) return
  failing.add(stream)
  stream.on('error', ignore)
  setImmediate(() => {
    stream.off('error', ignore)
    failing.delete(stream)
  })
}

/** Returns a view of a stream that writes by {@link writeQuietly}, for code that writes by itself. */
export function quietly<S extends NodeJS.WritableStream>(stream: S): S {
  const write = (text: string | Uint8Array): boolean => {
    writeQuietly(stream, text)
    return true
  }
  return Object.create(stream, { write: { value: write } }) as S
}
