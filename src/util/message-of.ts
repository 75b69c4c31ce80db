import { inspect } from 'node:util'

/** What an error says. Anything may be thrown, also what cannot be read. */
export function messageOf(thrown: unknown): string {
  try {
    const said: unknown = thrown instanceof Error ? thrown.message : thrown
    return typeof said === 'string' ? said : inspect(said, { depth: 1, customInspect: false })
  } catch {
    return 'something that cannot be read'
  }
}
