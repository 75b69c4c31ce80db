import type { BackendOption } from '../../settings/run-options.ts'
import { oneOfWords } from '../flags/values.ts'
import { type AccessFlags, natsOptionsOf, parseServers } from './access-options.ts'

const HERE = ['processes', 'threads', 'serial'] as const

/** Where a run's workers are: on this machine, or on those that a broker leads to. */
export type Location = (typeof HERE)[number] | `nats://${string}` | `tls://${string}`

/** One of the workers of a place. */
const WORKER = { processes: 'process', threads: 'thread', serial: 'serial' } as const

export function parseLocation(text: string): Location {
  if (isBroker(text)) return parseServers(text, '--on') as Location
  return oneOfWords([...HERE, 'nats://host:4222'], '--on')(text)
}

export function isBroker(text: string): text is `nats://${string}` | `tls://${string}` {
  return /^(nats|tls):\/\//.test(text)
}

/** The backend of a place; that for brokers is loaded only where there is one. */
export async function backendAt(place: Location, access: AccessFlags): Promise<BackendOption> {
  if (!isBroker(place)) return place
  const { nats } = await import('../../cluster/nats.ts')
  return nats(natsOptionsOf(access, place))
}

/** So many workers at a place, in words. */
export function workersAt(place: Location, count: number, group = 'default'): string {
  if (isBroker(place)) return `group ${group} at ${place}`
  return `${count} ${count === 1 ? WORKER[place] : place}`
}
