import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

import { lazyCrypto } from './digest.ts'

let host: string | undefined

/** Identifies the machine, its start, and its process namespace: processes with the same id can look each other up. */
export function hostId(): string {
  return (host ??= lazyCrypto().createHash('sha256').update(hostParts().join('\n')).digest('hex').slice(0, 12))
}

function hostParts(): (string | undefined)[] {
  return [
    hostname(),
    read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    read(() => readlinkSync('/proc/self/ns/pid')),
  ]
}

function read(from: () => string): string | undefined {
  try {
    return from()
  } catch {
    return undefined
  }
}
