/** The counters of a cache. */
export interface CacheCounts {
  /** Results that were there. */
  hits: number
  /** Results that were not. */
  misses: number
  /** Results that another caller was computing at that time. */
  joined: number
  stored: number
  /** Results that could not be stored, and calls whose arguments cannot be hashed. */
  unstorable: number
  /** Broken or unreadable records that were met. */
  corrupt: number
}

export function newCounts(): CacheCounts {
  return { hits: 0, misses: 0, joined: 0, stored: 0, unstorable: 0, corrupt: 0 }
}

/**
 * The way by which a call got its result: found, joined to a call that computed it, or computed and stored, or not
 * stored.
 */
export type CallState = 'hit' | 'joined' | 'computed' | 'unstorable'

/** Counts a call that was made elsewhere, such as in a worker. */
export function countCall(counts: CacheCounts, state: CallState): void {
  if (state === 'hit') counts.hits++
  else if (state === 'joined') counts.joined++
  else {
    counts.misses++
    counts[state === 'computed' ? 'stored' : 'unstorable']++
  }
}

const said = new Set<string>()

/** Emits a warning, once in a process for each `topic`. */
export function warnOnce(topic: string, message: string): void {
  if (said.has(topic)) return
  said.add(topic)
  process.emitWarning(message, { type: 'ManyhandsWarning', code: 'MH_CACHE' })
}
