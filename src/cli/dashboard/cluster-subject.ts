import type { Offer } from '../../backends/nats/messages/offer.ts'
import { type GroupWatch, watchGroup } from '../../cluster/group-status.ts'
import type { Look, Subject } from '../../dashboard/subject.ts'
import { messageOf } from '../../util/message-of.ts'
import { cutText } from '../../view/format/visible-text.ts'
import type { AgentRow, ClusterState } from '../../view/live/messages.ts'
import type { AccessFlags } from '../cluster/access-flags.ts'
import { natsOptionsOf } from '../cluster/access-flags.ts'

/** Looks whose rates are shown: five minutes. */
const RATES = 300
/** Agents, modules of each, and letters of their names that are shown: any client of a broker may claim any. */
const AGENTS = 500
const MODULES = 20
const LONGEST = 200

/** The workers of a group on other machines, live. It asks with the rights of a reader. */
export class ClusterSubject implements Subject {
  readonly #flags: AccessFlags
  #watch: GroupWatch | undefined
  #agents: readonly AgentRow[] = []
  #before: ReadonlyMap<string, Offer> = new Map()
  #rates: readonly number[] = []

  /** `watch`: a connection that was made already. */
  constructor(flags: AccessFlags, watch: GroupWatch) {
    this.#flags = flags
    this.#watch = watch
  }

  async look(): Promise<Look> {
    let problem: string | undefined
    try {
      this.#watch ??= await watchGroup(natsOptionsOf(this.#flags))
      this.#take(await this.#watch.offers())
    } catch (error) {
      problem = cutText(messageOf(error), LONGEST)
      await this.close()
    }
    const { group = 'default', server = process.env['NATS_URL'] ?? 'nats://127.0.0.1:4222' } = this.#flags
    const cluster: ClusterState = {
      group,
      // It may hold a password.
      servers: server.replaceAll(/\/\/[^/@\s]*@/g, '//…@'),
      at: Date.now(),
      problem,
      agents: this.#agents,
      rates: this.#rates,
    }
    return { state: { of: 'cluster', cluster } }
  }

  async close(): Promise<void> {
    const watch = this.#watch
    // The next look connects again.
    this.#watch = undefined
    await watch?.close()
  }

  #take(offers: readonly Offer[]): void {
    this.#agents = offers.slice(0, AGENTS).map((offer) => rowOf(offer, this.#before.get(offer.agent)))
    this.#before = new Map(offers.map((offer) => [offer.agent, offer]))
    const rate = this.#agents.reduce((sum, agent) => sum + agent.rate, 0)
    this.#rates = [...this.#rates, rate].slice(-RATES)
  }
}

/** The parts of an offer that are checked, since anyone may have sent it: its name, its slots and its host alone are checked. */
type Claims = Pick<Offer, 'agent' | 'slots' | 'host'> & Partial<Readonly<Record<keyof Offer, unknown>>>

function rowOf(offer: Claims, before: Claims | undefined): AgentRow {
  const [done, uptime] = [amount(offer.done), amount(offer.uptime)]
  const [doneBefore, uptimeBefore] = [amount(before?.done), amount(before?.uptime)]
  const seconds = (uptime - uptimeBefore) / 1_000
  return {
    agent: offer.agent,
    host: cutText(offer.host, LONGEST),
    pid: amount(offer.pid),
    slots: amount(offer.slots),
    busy: amount(offer.busy),
    lent: amount(offer.sessions),
    clients: amount(offer.clients),
    waiting: amount(offer.waiting),
    done,
    rate: seconds > 0 ? Math.max(0, done - doneBefore) / seconds : 0,
    uptime,
    modules: (Array.isArray(offer.modules) ? offer.modules : [])
      .slice(0, MODULES)
      .map((name) => cutText(String(name), LONGEST)),
    allowsCode: offer.allowsCode === true,
    draining: offer.draining === true,
  }
}

function amount(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value < Number.MAX_SAFE_INTEGER ? value : 0
}
