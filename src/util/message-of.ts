import { inspect } from 'node:util'

/** Returns the message of an error. Anything may be thrown, even values that cannot be read. */
export function messageOf(thrown: unknown): string {
  try {
    const said: unknown = thrown instanceof Error ? thrown.message : thrown
    return typeof said === 'string' ? said : inspect(said, { depth: 1, customInspect: false })
  } catch {
    return 'something that cannot be read'
  }
}
