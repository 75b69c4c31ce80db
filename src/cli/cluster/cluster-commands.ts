import type { Command } from 'commander'

import { usageError } from '../command-error.ts'
import { addCommonOptions } from '../flags/common-flags.ts'
import { parseDuration, parseJobs } from '../flags/values.ts'
import { addAccessOptions, fileFor } from './access-options.ts'
import type { BrokerFlags } from './broker-config.ts'
import { parseMetricsAddress } from './metrics.ts'
import type { WorkerFlags } from './worker-command.ts'

const PORT = 4_222

/** What the commands for more than one machine do. */
export interface ClusterActions {
  worker(modules: readonly string[], flags: WorkerFlags): Promise<void>
  broker(flags: BrokerFlags): Promise<void>
}

/** The commands for more than one machine. */
export function addClusterCommands(program: Command, actions: ClusterActions): void {
  const worker = program
    .command('worker')
    .argument('<module...>', 'what may be run: exports of these modules, and of no other')
    .summary('run workers for clients on other machines')
    .option('-n, --jobs <n>', 'workers (default: the cores of this process)', parseJobs)
    .option('--allow-code', 'run any code that a client of the group sends', false)
    .option('--allow-skew', 'run modules whose code is not what the client has', false)
    .option('--drain <time>', 'at the end tasks that run have so long (default: 30s)', (text) =>
      parseDuration(text, '--drain'),
    )
    .option('--metrics <address>', 'figures for Prometheus at HOST:PORT/metrics', parseMetricsAddress)
    .option('--json', 'what happens as JSON Lines', false)
    .action((modules: readonly string[], flags: WorkerFlags) => actions.worker(modules, flags))
  addCommonOptions(addAccessOptions(worker))
  const broker = program
    .command('broker')
    .summary('start a NATS server with all that workers and clients need')
    .option('--host <host>', 'where it listens; other than loopback only with a token or TLS', '127.0.0.1')
    .option('--port <port>', 'its port', parsePort, PORT)
    .option('--store <folder>', 'where it keeps what is on its way (default: ~/.manyhands/broker-<port>)')
    .option('--token-file <file>', 'a token that clients and workers must have')
    .option('--tls-cert <file>', 'its certificate, as PEM', fileFor('--tls-cert'))
    .option('--tls-key <file>', 'the key of its certificate', fileFor('--tls-key'))
    .action((flags: BrokerFlags) => actions.broker(flags))
  addCommonOptions(broker)
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port > 0 && port < 65_536) return port
  throw usageError(`--port: expected a number from 1 to 65535, got "${text}"`)
}
