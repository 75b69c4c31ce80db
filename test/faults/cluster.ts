import type { ShownBy } from './row.js'

/** A fault that needs more than one machine, and the tests that show what then happens. */
export interface ClusterRow {
  readonly id: string
  readonly title: string
  readonly shownBy: readonly ShownBy[]
}

const LOSSES = 'test/nats/losses.test.ts'
const CLIENTS = 'test/nats/clients.test.ts'
const SAFETY = 'test/nats/safety.test.ts'
const STRANGERS = 'test/properties/strangers.test.ts'

/** Every fault of the `nats` backend that one machine does not have. All are held. */
export const CLUSTER_FAULTS: readonly ClusterRow[] = [
  row('F8', 'a worker process is killed, or a whole fleet', LOSSES, [
    'a worker process that is killed costs a retry, and nothing else',
    'a whole fleet that is killed is replaced by another within a second',
  ]),
  row('F16', 'a task kills every worker that it meets', LOSSES, [
    'a task that kills every worker that it meets fails in the end; others do not',
  ]),
  row('F28', 'the client is killed', CLIENTS, ['may be killed, and go on where they were']),
  row('F47', 'random bytes, sizes that are not there, deep nesting', STRANGERS, [
    'does not get through a guard, nor hurts it',
    'is looked at by clients before it is used',
    'is refused unread where it is too deep, or longer than it is',
  ]),
  row('F50', 'secrets of the connection', SAFETY, ['does not see how its worker gets at the broker', 'by a token']),
  row('F51', 'the broker is not there, dies, comes back', LOSSES, [
    'a broker that is killed and comes back loses nothing',
    'workers may come after the tasks, and after the broker',
  ]),
  row('F51b', 'the broker is not there at the start', CLIENTS, ['are told in one line that there is no broker']),
  row('F52', 'the broker loses its data', LOSSES, ['nor does one that has forgotten all that it stored']),
  row('F53', 'workers stand still, or are cut off, and come back', LOSSES, [
    'a fleet that stands still is given up, and comes back to nothing',
  ]),
  row('F54', 'messages come twice', CLIENTS, ['have each outcome once, however often messages come']),
  row('F55', 'a task blocks its worker for long', LOSSES, ['a task that blocks its worker for long is not run twice']),
  row('F57', 'a worker with other code', SAFETY, ['must be the code that the client has, but with allowSkew']),
  row('F58', 'workers join and leave during a run', LOSSES, [
    'workers that are told to end finish what they run, and give back the rest',
  ]),
  row('F59', 'a client names what it may not run', SAFETY, [
    'is nothing else: no other module, no path, no URL, no inherited name, no function by value',
  ]),
  row('F60', 'a client without credentials, or of another group', SAFETY, [
    'by user and password, also in the address',
    'each group to its own subjects',
  ]),
  row('F61', 'a few bytes that claim to be many', STRANGERS, [
    'is refused unread where it is too deep, or longer than it is',
  ]),
]

function row(id: string, title: string, file: string, tests: readonly string[]): ClusterRow {
  return { id, title, shownBy: tests.map((test) => ({ file, test })) }
}
