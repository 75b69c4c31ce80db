import { expandHostMessage, type HostMessage } from '../wire/protocol/compact-frames.ts'
import type { HostFrame } from '../wire/protocol/frames.ts'

/**
 * Makes the frame of a message from the host. A worker that cannot read one ends: the host then knows that it does not
 * run what it was sent.
 */
export function expandOrEnd(message: HostMessage): HostFrame {
  try {
    return expandHostMessage(message)
  } catch (error) {
    return endUnread(error)
  }
}

/** Ends the worker, since a message of the host cannot be read. */
export function endUnread(error: unknown): never {
  process.stderr.write(`a message cannot be read: ${String(error)}\n`)
  return process.exit(1)
}
