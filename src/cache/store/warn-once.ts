const said = new Set<string>()

/** Tells the user something once in a process; `topic` says what it is about. */
export function warnOnce(topic: string, message: string): void {
  if (said.has(topic)) return
  said.add(topic)
  process.emitWarning(message, { type: 'ManyhandsWarning', code: 'MH_CACHE' })
}
