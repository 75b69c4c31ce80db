import { GONE_REASONS, type GoneReason } from './pack-index.ts'
import { KIND, type NewRecord, NO_HASH, packKeys, stampNow } from './record.ts'

/** Says of keys until when, and why, their results do not count any more. */
export function goneRecord(reason: GoneReason, keys: Iterable<readonly [key: string, at: number]>): NewRecord {
  const meta = Buffer.from([GONE_REASONS.indexOf(reason)])
  return { kind: KIND.gone, key: NO_HASH, stored: stampNow(), meta, payload: packKeys(keys) }
}
