import { fileURLToPath } from 'node:url'

import { Agent } from '#manyhands/backends/nats/agent/agent.js'
import { processes } from '#manyhands/backends/processes/processes-backend.js'
import { allowedModules } from '#manyhands/cluster/allowed-modules.js'
import { connectOptions } from '#manyhands/cluster/nats-settings.js'

import { simulatedBackend } from './simulated-backend.ts'

// So many agents with so many workers each, in this process: real agents, real messages, no processes behind them.
const [url, agents, slots, taskMs] = process.argv.slice(2) as [string, string, string, string]
const tasks = fileURLToPath(new URL('./tasks.js', import.meta.url))
const backend = simulatedBackend(Number(taskMs), processes().capabilities)
const options = {
  connect: connectOptions({ servers: [url] }),
  slots: Number(slots),
  modules: allowedModules([tasks], import.meta.url),
  allowCode: false,
  allowSkew: false,
  onEvent: () => {},
}
for (let i = 0; i < Number(agents); i++) await Agent.start(options, backend)
process.send?.('ready')
process.on('disconnect', () => process.exit())
