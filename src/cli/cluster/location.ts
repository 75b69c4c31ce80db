import { type BackendName, BACKENDS } from '../../pool/backend/registry.ts'
import type { BackendOption } from '../../settings/run-options.ts'
import { oneOfWords } from '../flags/values.ts'
import { type AccessFlags, natsOptionsOf, parseServers } from './access-flags.ts'

/** The location of a run's workers: this machine, or those that a broker leads to. */
export type Location = BackendName | `nats://${string}` | `tls://${string}`

/** The word for one worker of each backend. */
const WORKER: Readonly<Record<BackendName, string>> = { processes: 'process', threads: 'thread', serial: 'serial' }

/** Reads the location of workers. */
export function parseLocation(text: string, flag: string): Location {
  if (isBroker(text)) return parseServers(text, flag) as Location
  return oneOfWords([...BACKENDS, 'nats://host:4222'])(text, flag)
}

/** True for the address of a broker. */
export function isBroker(text: string): text is `nats://${string}` | `tls://${string}` {
  return /^(nats|tls):\/\//.test(text)
}

/** The backend of a location. The one for brokers is loaded only when it is needed. */
export async function backendAt(location: Location, access: AccessFlags): Promise<BackendOption> {
  if (!isBroker(location)) return location
  const { nats } = await import('../../cluster/nats.ts')
  return nats(natsOptionsOf(access, location))
}

/** The number of workers at a location, in words: `8 processes`. */
export function workersAt(location: Location, count: number, group = 'default'): string {
  if (isBroker(location)) return `group ${group} at ${location}`
  return `${count} ${count === 1 ? WORKER[location] : location}`
}
