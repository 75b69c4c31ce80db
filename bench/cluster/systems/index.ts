import { bullmq } from './bullmq.ts'
import type { MakeClusterSystem } from './cluster-system.ts'
import { manyhands, processes } from './manyhands.ts'
import { core, jetStream } from './raw-nats.ts'

/** What is compared, by name. */
export const CLUSTER_SYSTEMS: Readonly<Record<string, MakeClusterSystem>> = {
  manyhands: manyhands(),
  'manyhands, 1 per message': manyhands(1),
  'manyhands processes': processes,
  bullmq,
  'jetstream, 1 per message': jetStream(1),
  'jetstream, 256 per message': jetStream(256),
  'jetstream, 1024 per message': jetStream(1_024),
  core,
}
