import type { AgentEvent } from '../../backends/nats/agent/agent-options.ts'
import { type RunningWorkers, runWorker } from '../../cluster/run-worker.ts'
import { escapeText } from '../../util/escape-text.ts'
import { count } from '../../util/show-number.ts'
import { EXIT } from '../exit-codes.ts'
import type { Screen } from '../report/screen.ts'
import { type AccessFlags, natsOptionsOf } from './access-options.ts'
import { type MetricsAddress, serveMetrics } from './metrics.ts'

/** How workers are started. */
export interface WorkerFlags extends AccessFlags {
  readonly jobs?: number
  readonly allowCode: boolean
  readonly allowSkew: boolean
  readonly drain?: number
  readonly metrics?: MetricsAddress
  readonly json: boolean
  readonly quiet: boolean
}

/** `manyhands worker`: workers for clients of a group, until they are told to end. Resolves to the exit code. */
export async function worker(modules: readonly string[], flags: WorkerFlags, screen: Screen): Promise<number> {
  const ending = endSignal()
  const starting = runWorker({
    ...natsOptionsOf(flags),
    ...(flags.jobs !== undefined && { workers: flags.jobs }),
    modules,
    allowCode: flags.allowCode,
    allowSkew: flags.allowSkew,
    onEvent: (event) => tell(event, flags, screen),
  })
  const workers = await Promise.race([starting, ending])
  if (workers === undefined) return EXIT.ok
  sayAllowed(workers, flags, screen)
  const metrics = flags.metrics === undefined ? undefined : await serveMetrics(flags.metrics, () => workers.status())
  await ending
  // A second one does not wait.
  void endSignal().then(() => process.exit(EXIT.terminated))
  await workers.drain(flags.drain)
  metrics?.close()
  return EXIT.ok
}

function endSignal(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(undefined))
  })
}

function sayAllowed(workers: RunningWorkers, { group = 'default', json, quiet }: WorkerFlags, screen: Screen): void {
  if (quiet) return
  const { slots, modules, allowsCode, agent } = workers.status()
  if (json)
    return screen.say(JSON.stringify({ type: 'ready', time: Date.now(), agent, group, slots, modules, allowsCode }))
  screen.say(`${count(slots)} workers for group "${group}" run:`)
  for (const module of modules) screen.say(`  exports of ${escapeText(module)}`)
  if (allowsCode) screen.say('  any code that a client of the group sends (--allow-code)')
  else if (modules.length === 0) screen.say('  nothing: no module was named')
}

function tell(event: AgentEvent, { json, quiet }: WorkerFlags, screen: Screen): void {
  if (json) return screen.say(JSON.stringify({ ...event, time: Date.now() }))
  if (quiet && event.type !== 'refused') return
  screen.say(inWords(event))
}

function inWords(event: AgentEvent): string {
  switch (event.type) {
    case 'connected':
      return `connected to ${event.server}`
    case 'disconnected':
      return 'the broker does not answer; trying again until it does'
    case 'lent':
      return `worker ${event.pid ?? ''} for client ${event.client.slice(0, 8)}`
    case 'returned':
      return `worker ${event.pid ?? ''} back from client ${event.client.slice(0, 8)}: ${escapeText(event.why)}`
    case 'refused':
      return `refused client ${event.client.slice(0, 8)}: ${escapeText(event.why)}`
    case 'draining':
      return `ending: ${count(event.sessions)} workers finish what they run`
  }
}
