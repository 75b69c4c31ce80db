import { messageOf } from '../../util/message-of.ts'
/** Reads a property; one that throws reads as a text that says so. */
export function readProperty(from: Record<string, unknown>, key: string): unknown {
  try {
    return from[key]
  } catch (error) {
    return `[uncloneable: reading it threw ${messageOf(error)}]`
  }
}
