import type { Command } from 'commander'

import { BROKER_FLAGS, type BrokerFlags, WORKER_FLAGS, type WorkerFlags } from '../flags/command-flags.ts'
import { COMMON_FLAGS } from '../flags/common-flags.ts'
import { addFlags } from '../flags/flag-table.ts'
import { ACCESS_FLAGS, SERVER_FLAG } from './access-flags.ts'

/** The actions of the commands for more than one machine. */
export interface ClusterActions {
  worker(modules: readonly string[], flags: WorkerFlags): Promise<void>
  broker(flags: BrokerFlags): Promise<void>
}

/** Adds the commands for more than one machine. */
export function addClusterCommands(program: Command, actions: ClusterActions): void {
  const worker = program
    .command('worker')
    .argument('<module...>', 'modules whose exports may be run, and no others')
    .summary('run workers for clients on other machines')
    .action((modules: readonly string[], flags: WorkerFlags) => actions.worker(modules, flags))
  for (const table of [WORKER_FLAGS, SERVER_FLAG, ACCESS_FLAGS, COMMON_FLAGS]) addFlags(worker, table)
  const broker = program
    .command('broker')
    .summary('start a NATS server with all that workers and clients need')
    .action((flags: BrokerFlags) => actions.broker(flags))
  for (const table of [BROKER_FLAGS, COMMON_FLAGS]) addFlags(broker, table)
}
