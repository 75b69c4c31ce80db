/** What a cache did. */
export interface CacheCounts {
  /** Results that were there. */
  hits: number
  /** Results that were not. */
  misses: number
  /** Results that somebody else was computing at that time. */
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
