import { warnOnce } from '../../cache/store/warn-once.ts'
import { messageOf } from '../../util/message-of.ts'

/** Says, once, that an argument has no hash. */
export function tellUncached(name: string, error: unknown): void {
  const advice = 'leave the argument out with ignore, or give the node cache: false'
  warnOnce(`node ${name}`, `calls of ${name} are not cached: ${messageOf(error)}. To say so ${advice}`)
}
