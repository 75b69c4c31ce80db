import { canonicalHash } from '../task/canonical/canonical-hash.ts'
import { lazyCrypto } from '../util/digest.ts'
import type { ClassRegistry } from '../wire/codec/class-registry.ts'
import { filesBehind, type HashedFiles, notingFiles, withFilesOf } from './hashed-files.ts'
import type { Identity } from './identify.ts'
import type { EntryMeta } from './store/entry-meta.ts'
import { NO_HASH } from './store/record.ts'

/** Part of each key: keys that were made by other rules never meet. */
const FORMAT = Buffer.from('manyhands call 1\0')
/** So much of the hash of an argument is kept, in hex digits, to tell later whether it is the same. */
const KEPT = 16

/** The key of a call, and the facts that are kept with its result. */
export interface CallKey {
  /** 64 hex digits. */
  readonly key: string
  readonly meta: EntryMeta
  /** The files whose contents count in the key. */
  readonly files?: HashedFiles | undefined
}

/** Returns the hash of an argument. Throws if it has none. */
export function argumentHash(value: unknown, classes?: ClassRegistry): Buffer {
  return notingFiles(() => canonicalHash(value, classes))
}

/** Returns the hash of several named hashes. */
export function hashOfHashes(parts: readonly (readonly [name: string, hash: Buffer | undefined])[]): Buffer {
  const hash = canonicalHash(parts.map(([name, one]) => [name, one?.toString('hex')]))
  return withFilesOf(
    hash,
    parts.map(([, one]) => one),
  )
}

/** Returns the hash of a result as an argument, as it was stored with it; undefined if the value has to be looked at. */
export function storedHash(valueHash: string | undefined): Buffer | undefined {
  return valueHash === undefined || valueHash === NO_HASH ? undefined : Buffer.from(valueHash, 'hex')
}

/** The key of a call of a function, by the hashes of its arguments; undefined stands for one that does not count. */
export function callKey({ name, fn, code }: Identity, args: readonly (Buffer | undefined)[]): CallKey {
  const bytes = Buffer.allocUnsafe(FORMAT.length + 32 + 1 + args.length * 33)
  FORMAT.copy(bytes)
  let at = FORMAT.length
  at += bytes.write(code, at, 32, 'hex')
  bytes[at++] = args.length
  for (const hash of args) {
    bytes[at++] = hash === undefined ? 0 : 1
    if (hash === undefined) bytes.fill(0, at, at + 32)
    else hash.copy(bytes, at)
    at += 32
  }
  const key = lazyCrypto().hash('sha256', bytes, 'hex')
  const meta = { name, fn, code, args: args.map((hash) => hash?.toString('hex').slice(0, KEPT) ?? '') }
  return { key, meta, files: filesBehind(args) }
}
