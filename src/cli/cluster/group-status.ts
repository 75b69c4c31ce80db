import type { Offer } from '../../backends/nats/offer.ts'
import { groupStatus } from '../../cluster/group-status.ts'
import { escapeText } from '../../util/escape-text.ts'
import { count, duration } from '../../util/show-number.ts'
import { type AccessFlags, natsOptionsOf } from './access-options.ts'

/** `manyhands status --workers --server URL`: who works in a group, and how much. Prints to stdout. */
export async function showGroup(flags: AccessFlags & { readonly json: boolean }): Promise<void> {
  const offers = await groupStatus(natsOptionsOf(flags))
  if (flags.json) return console.log(JSON.stringify(offers))
  const group = escapeText(flags.group ?? 'default')
  const sum = (of: (offer: Offer) => number): string => count(offers.reduce((total, offer) => total + of(offer), 0))
  console.log(
    `group ${group}: ${sum((one) => one.slots)} workers on ${count(offers.length)} machines or processes, ` +
      `${sum((one) => one.busy)} busy, ${sum((one) => one.waiting)} batches wait`,
  )
  for (const offer of offers) console.log(line(offer))
}

function line(offer: Offer): string {
  const { host, pid, busy, slots, clients, waiting, done, uptime, modules, draining } = offer
  const rate = (done / Math.max(1, uptime / 1_000)).toFixed(1)
  const load = draining ? 'ending' : `${count(busy)}/${count(slots)} busy`
  return (
    `  ${escapeText(`${host}:${pid}`).padEnd(24)} ${load.padEnd(12)} ${count(clients)} clients, ${count(waiting)} waiting, ` +
    `${count(done)} batches (${rate}/s), up ${duration(uptime)}: ${escapeText(modules.join(', '))}`
  )
}
