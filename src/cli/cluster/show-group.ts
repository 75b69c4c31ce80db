import { setTimeout as pause } from 'node:timers/promises'

import type { Offer } from '../../backends/nats/messages/offer.ts'
import { groupStatus } from '../../cluster/group-status.ts'
import { messageOf } from '../../util/message-of.ts'
import { count, duration } from '../../util/text/show-number.ts'
import { escapeText } from '../../util/text/terminal-text.ts'
import type { StatusFlags } from '../flags/command-flags.ts'
import { natsOptionsOf } from './access-flags.ts'

const WATCH_MS = 1_000
const CLEAR = '\u001B[H\u001B[J'

/** `manyhands status --workers --server URL`: shows the workers of a group and their load. Prints to stdout. */
export async function showGroup(flags: StatusFlags): Promise<void> {
  let before: readonly Offer[] = []
  let offers: readonly Offer[] | undefined = await groupStatus(natsOptionsOf(flags))
  for (;;) {
    if (offers !== undefined) {
      if (flags.json) console.log(JSON.stringify(offers))
      else console.log(`${flags.watch && process.stdout.isTTY ? CLEAR : ''}${describe(flags, offers, before)}`)
      before = offers
    }
    if (!flags.watch || !process.stdout.writable) return
    await pause(WATCH_MS)
    offers = await again(flags)
  }
}

/** Asks again. A broker that does not answer for a while does not end the watch. */
async function again(flags: StatusFlags): Promise<readonly Offer[] | undefined> {
  try {
    return await groupStatus(natsOptionsOf(flags))
  } catch (error) {
    console.error(escapeText(messageOf(error)))
    return undefined
  }
}

function describe(flags: StatusFlags, offers: readonly Offer[], before: readonly Offer[]): string {
  const { group = 'default', server } = flags
  if (offers.length === 0) {
    const where = server === undefined ? '' : ` --server ${server}`
    return `group ${group}: no workers. Start some: manyhands worker${where} --group ${group} MODULE`
  }
  const sum = (of: (offer: Offer) => number): number => offers.reduce((total, offer) => total + of(offer), 0)
  const slots = sum((one) => one.slots)
  const head =
    `group ${group}: ${count(slots)} ${slots === 1 ? 'worker' : 'workers'}, ` +
    `${count(sum((one) => one.busy))} busy, ${count(sum((one) => one.waiting))} batches wait`
  return [head, ...offers.map((offer) => line(offer, before))].join('\n')
}

function line(offer: Offer, before: readonly Offer[]): string {
  const { host, pid, busy, slots, clients, waiting, done, uptime, modules, draining } = offer
  const load = draining ? 'ending' : `${count(busy)}/${count(slots)} busy`
  return (
    `  ${escapeText(`${host}:${pid}`).padEnd(24)} ${load.padEnd(12)} ${count(clients)} clients, ${count(waiting)} waiting, ` +
    `${count(done)} batches (${rateOf(offer, before)}/s), up ${duration(uptime)}: ${escapeText(modules.join(', '))}`
  )
}

/** Returns batches per second since the last look, or since the start. */
function rateOf({ agent, done, uptime }: Offer, before: readonly Offer[]): string {
  const last = before.find((one) => one.agent === agent) ?? { done: 0, uptime: 0 }
  return ((done - last.done) / Math.max(0.001, (uptime - last.uptime) / 1_000)).toFixed(1)
}
