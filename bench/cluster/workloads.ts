import type { ClusterSystem, ClusterTask } from './systems/cluster-system.ts'

/** One thing that is measured, on some of the systems. */
export interface ClusterWorkload {
  readonly title: string
  /** Whether more of the figures, or less, is better. */
  readonly better: 'more' | 'less'
  readonly task: ClusterTask
  readonly workers: number
  readonly systems: readonly string[]
  /** The system that others are compared with. */
  readonly beside: string
  /** Figures of one run: the first is compared. */
  measure(system: ClusterSystem, name: string): Promise<Readonly<Record<string, number>>>
}

const ALL = ['manyhands', 'manyhands, 1 per message', 'bullmq', 'jetstream, 1 per message', 'core']
const BATCHED = 'jetstream, 1024 per message'
/** Tasks of each system that sends many in a message, and of one that does not. */
const MANY = 400_000
const FEW = 10_000
const ROUNDS_PER_MS = 1_000_000

export const CLUSTER_WORKLOADS: Readonly<Record<string, ClusterWorkload>> = {
  'no-ops': noOps(2, [...ALL, BATCHED, 'manyhands processes']),
  'no-ops-1': noOps(1, ['manyhands', 'bullmq', BATCHED]),
  'no-ops-4': noOps(4, ['manyhands', 'bullmq', BATCHED]),
  one: {
    title: 'one task at a time, milliseconds to its result',
    better: 'less',
    task: 'noop',
    workers: 2,
    systems: [...ALL.filter((name) => name !== 'manyhands, 1 per message'), 'manyhands processes'],
    beside: 'bullmq',
    async measure(system) {
      for (let i = 0; i < 200; i++) await system.one(i)
      const times: number[] = []
      for (let i = 0; i < 2_000; i++) {
        const startedAt = performance.now()
        await system.one(i)
        times.push(performance.now() - startedAt)
      }
      const sorted = times.toSorted((a, b) => a - b)
      return { p50: sorted[1_000] as number, p99: sorted[1_980] as number }
    },
  },
  '1-kb': payloads('1 KB', 1_000, 10_000, [...ALL, 'jetstream, 256 per message', 'manyhands processes']),
  '1-mb': payloads('1 MB', 1_000_000, 60, [...ALL, 'manyhands processes']),
  cpu: {
    title: 'tasks of 1 ms that keep a processor busy, per second',
    better: 'more',
    task: 'spin',
    workers: 2,
    systems: ['manyhands', 'manyhands processes'],
    beside: 'manyhands processes',
    async measure(system) {
      await system.all(Array.from({ length: 200 }, () => ROUNDS_PER_MS))
      return {
        perSecond: await perSecond(
          system,
          Array.from({ length: 4_000 }, () => ROUNDS_PER_MS),
        ),
      }
    },
  },
}

function noOps(workers: number, systems: readonly string[]): ClusterWorkload {
  return {
    title: `no-op tasks per second, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    better: 'more',
    task: 'noop',
    workers,
    systems,
    beside: 'bullmq',
    async measure(system, name) {
      const count = name === 'manyhands' || name === 'manyhands processes' || name === BATCHED ? MANY : FEW
      const inputs = Array.from({ length: count }, (_, i) => i)
      await system.all(inputs.slice(0, count / 4))
      return { perSecond: await perSecond(system, inputs) }
    },
  }
}

/** BullMQ keeps JSON: it gets the same bytes as text. */
function payloads(size: string, bytes: number, count: number, systems: readonly string[]): ClusterWorkload {
  return {
    title: `tasks that take ${size} and give it back, MB per second each way`,
    better: 'more',
    task: 'noop',
    workers: 2,
    systems,
    beside: 'bullmq',
    async measure(system, name) {
      const payload = (i: number): unknown => {
        const array = new Uint8Array(bytes).fill(i)
        return name === 'bullmq' ? Buffer.from(array).toString('base64') : array
      }
      const inputs = Array.from({ length: count }, (_, i) => payload(i))
      await system.all(inputs.slice(0, count / 4))
      return { mbPerSecond: ((await perSecond(system, inputs)) * bytes) / 1e6 }
    },
  }
}

async function perSecond(system: ClusterSystem, inputs: readonly unknown[]): Promise<number> {
  const startedAt = performance.now()
  await system.all(inputs)
  return (inputs.length / (performance.now() - startedAt)) * 1_000
}
