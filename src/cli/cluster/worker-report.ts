import type { AgentEvent } from '../../backends/nats/agent/agent.ts'
import type { Offer } from '../../backends/nats/messages/offer.ts'
import { count } from '../../util/text/show-number.ts'
import { escapeText } from '../../util/text/terminal-text.ts'
import type { WorkerFlags } from '../flags/command-flags.ts'
import type { Screen } from '../report/screen.ts'
import type { CheckedModule } from './check-modules.ts'

/** Functions of a module that are named at the start, at most. */
const MOST_NAMES = 12

/** Reports what happens at workers: failures, what an operator wants to know, or all, by `--log-level`. */
export class WorkerReport {
  isConnected = false
  readonly #flags: WorkerFlags
  readonly #screen: Screen
  readonly #isQuiet: boolean
  /** The number of workers that each client has. */
  readonly #clients = new Map<string, number>()

  constructor(flags: WorkerFlags, screen: Screen) {
    this.#flags = flags
    this.#screen = screen
    this.#isQuiet = flags.quiet || flags.logLevel === 'error'
  }

  /** Reports that workers are ready: how many, and what they may run. */
  ready({ slots, modules, allowsCode, agent }: Offer, checked: readonly CheckedModule[]): void {
    if (this.#isQuiet) return
    const { group = 'default', json } = this.#flags
    if (json) return this.#write({ type: 'ready', agent, group, slots, modules, allowsCode })
    this.#screen.say(`${count(slots)} ${slots === 1 ? 'worker' : 'workers'} for group "${group}" may run:`)
    for (const [i, module] of modules.entries())
      this.#screen.say(`  ${escapeText(module)}: ${namesOf(checked[i]?.exports ?? [])}`)
    if (allowsCode) this.#screen.say('  any code that a client of the group sends (--allow-code)')
  }

  take(event: AgentEvent): void {
    if (event.type === 'connected') this.isConnected = true
    if (event.type === 'disconnected') this.isConnected = false
    if (this.#isQuiet && !isFailure(event)) return
    if (this.#flags.json) return this.#write(event)
    if (event.type === 'lent' || event.type === 'returned') this.#moved(event)
    if (this.#flags.logLevel === 'debug' || isFailure(event) || isRare(event)) this.#screen.say(inWords(event))
  }

  /** Reports once that a client comes or goes, although it has many workers. */
  #moved({ type, client }: AgentEvent & { readonly client: string }): void {
    const before = this.#clients.get(client) ?? 0
    const now = before + (type === 'lent' ? 1 : -1)
    if (now > 0) this.#clients.set(client, now)
    else this.#clients.delete(client)
    if (this.#isQuiet) return
    if (before === 0) this.#screen.say(`client ${short(client)} connected`)
    else if (now === 0) this.#screen.say(`client ${short(client)} left`)
  }

  #write(event: object): void {
    this.#screen.say(JSON.stringify({ ...event, time: Date.now() }))
  }
}

function isFailure(event: AgentEvent): boolean {
  return event.type === 'refused' || event.type === 'disconnected' || (event.type === 'returned' && event.isDead)
}

function isRare({ type }: AgentEvent): boolean {
  return type === 'connected' || type === 'draining'
}

function inWords(event: AgentEvent): string {
  switch (event.type) {
    case 'connected':
      return `connected to ${event.server}`
    case 'disconnected':
      return `the broker at ${event.server} does not answer; trying again until it does`
    case 'lent':
      return `worker ${event.pid ?? ''} for client ${short(event.client)}`
    case 'returned':
      return `worker ${event.pid ?? ''} back from client ${short(event.client)}: ${escapeText(event.why)}`
    case 'refused':
      return `refused client ${short(event.client)}: ${escapeText(event.why)}`
    case 'draining':
      return event.sessions === 0 ? 'ending' : 'ending: what runs may finish; a second signal ends it at once'
  }
}

function short(client: string): string {
  return client.slice(0, 8)
}

function namesOf(names: readonly string[]): string {
  if (names.length === 0) return 'no function'
  const more = names.length - MOST_NAMES
  return escapeText(names.slice(0, MOST_NAMES).join(', ')) + (more > 0 ? ` and ${count(more)} more` : '')
}
