import type { ShownBy } from './row.js'

/** A fault that needs more than one machine, and the tests that show what then happens. */
export interface ClusterRow {
  readonly id: string
  readonly title: string
  readonly shownBy: readonly ShownBy[]
}

const LOSSES = 'test/nats/losses.test.ts'
const MINUTE = 'test/nats/partitions.test.ts'
const CLIENTS = 'test/nats/clients.test.ts'
const CLOCKS = 'test/nats/clocks.test.ts'
const SAFETY = 'test/nats/safety.test.ts'
const ACCESS = 'test/nats/access.test.ts'
const LIMITS = 'test/nats/payload-limits.test.ts'
const SERVERS = 'test/unit/cluster/servers.test.ts'
const STRANGERS = 'test/properties/strangers.test.ts'

/** Every fault of the `nats` backend that one machine does not have. All are held. */
export const CLUSTER_FAULTS: readonly ClusterRow[] = [
  row('F8', 'a worker process is killed, or a whole machine with workers', LOSSES, [
    'a worker process that is killed costs a retry, and nothing else',
    'a whole fleet that is killed is replaced by another within a second',
  ]),
  row('F16', 'a task kills every worker that it meets', LOSSES, [
    'a task that kills every worker that it meets fails in the end; others do not',
  ]),
  row('F28', 'the client is killed, and its run is resumed', CLIENTS, [
    'a killed client goes on with --resume where it was',
  ]),
  row('F47', 'workers and clients are sent random bytes, sizes that are not there, deep nesting', STRANGERS, [
    'does not get through a guard, nor hurts it',
    'is looked at by clients before it is used',
    'is refused unread where it is too deep, or longer than it is',
  ]),
  row('F50', 'secrets of the connection: in what is printed, thrown, or seen by tasks', ACCESS, [
    'by user and password',
    'by a token',
    'by an nkey',
    'by credentials',
    'by a certificate',
  ]),
  row('F50b', 'a task looks for its worker’s secrets', SAFETY, ['does not see how its worker gets at the broker']),
  row('F51', 'the broker dies, and comes back with what it had stored', LOSSES, [
    'a broker that is killed and comes back loses nothing',
    'workers may come after the tasks, and after the broker',
  ]),
  row('F51b', 'the broker is not there at the start', CLIENTS, [
    'a client is told in one line that there is no broker',
  ]),
  row('F51c', 'the broker is too old, or has no JetStream', SERVERS, [
    'are refused where they are too old',
    'are refused where they have no JetStream',
  ]),
  row('F51d', 'the broker’s store is full', LIMITS, [
    'a broker whose store is full fails what does not fit, and nothing else',
  ]),
  row('F52', 'the broker comes back and has lost all that it had stored', LOSSES, [
    'a broker that comes back without all that it had stored loses no result',
  ]),
  row('F53', 'a machine with workers is cut off from the network for a minute, and comes back', MINUTE, [
    'a machine is cut off by a cable that is out',
    'a machine is cut off by a network that swallows all',
  ]),
  row('F53b', 'workers stand still, and go on', LOSSES, [
    'a fleet that stands still is given up, and comes back to nothing',
  ]),
  row('F54', 'messages come twice', CLIENTS, ['a client has each outcome once, however often messages come']),
  row('F55', 'a task blocks its worker for a minute', MINUTE, ['a task blocks its worker, and runs once']),
  row('F56', 'the clock jumps by an hour; all machines sleep for a while', CLOCKS, [
    'that jumps by an hour, forth and back, ends nothing',
    'that stands still for all, as in a machine that sleeps, ends nothing',
  ]),
  row('F57', 'a worker has other code than the client', SAFETY, [
    'must be the code that the client has, but with allowSkew',
  ]),
  row('F58', 'workers are replaced one after the other during a run', LOSSES, [
    'workers that are told to end finish what they run, and give back the rest',
  ]),
  row('F59', 'a client names what it may not run', SAFETY, [
    'is nothing else: no other module, no path, no URL, no inherited name, no function by value',
  ]),
  row('F60', 'somebody without the right credentials, or of another group', SAFETY, [
    'by user and password, also in the address',
    'each group to its own subjects',
  ]),
  row('F60b', 'credentials that the broker does not take for a while', ACCESS, [
    'may be in doubt for a while: all wait until the broker knows them again',
  ]),
  row('F61', 'ten megabytes that would be many more, to workers and clients', LIMITS, [
    'a payload that would inflate is refused before it is opened',
    'a frame that would inflate is refused by workers, which live on',
    'a frame that would inflate costs a client one of its sessions at most',
  ]),
]

function row(id: string, title: string, file: string, tests: readonly string[]): ClusterRow {
  return { id, title, shownBy: tests.map((test) => ({ file, test })) }
}
