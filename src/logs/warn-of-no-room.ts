import { messageOf } from '../util/message-of.ts'

/** Warns that a temporary file cannot be written: what tasks print from now on may be dropped. */
export function warnOfNoRoom(error: unknown): void {
  process.emitWarning(
    `tasks print more than there is room for in memory, and a temporary file takes no more of it: ${messageOf(error)}. ` +
      'What does not fit is dropped and counted',
    { type: 'ManyhandsWarning', code: 'MH_OUTPUT_DROPPED' },
  )
}
