/** An event that the server has sent. */
export interface ServerEvent {
  readonly name: string
  readonly data: string
}

/** Reads server-sent events from the body of a response, until it ends. Comments are left out. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent, void> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    text += value
    const parts = text.split('\n\n')
    text = parts.pop() ?? ''
    for (const part of parts) {
      // A dot would not match U+2028, which JSON may hold.
      const [, name, data] = /^event: (\w+)\ndata: ([^\n]*)$/.exec(part) ?? []
      if (name !== undefined && data !== undefined) yield { name, data }
    }
  }
}
