import { messageOf } from '../../util/message-of.ts'
import { Unsendable } from './unsendable.ts'
/** Reads a property; one that throws reads as a text that says so. */
export function readProperty(from: Record<string, unknown>, key: string): unknown {
  try {
    return from[key]
  } catch (error) {
    return `[uncloneable: reading it threw ${messageOf(error)}]`
  }
}

/** Reads a property of a value that is to be sent. Throws {@link Unsendable} where it cannot be read. */
export function readOrRefuse(from: Record<string, unknown>, key: string): unknown {
  try {
    return from[key]
  } catch (error) {
    throw new Unsendable(from, `cannot be read: its property "${key}" threw ${messageOf(error)}`)
  }
}
