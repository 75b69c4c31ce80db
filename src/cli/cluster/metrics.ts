import type { Offer } from '../../backends/nats/messages/offer.ts'
import type { Figure } from '../metrics/prometheus-text.ts'

/** The figures of an agent. `offer`: the state of the workers; undefined until they were connected once. */
export function workerFigures(isConnected: boolean, offer: Offer | undefined): readonly Figure[] {
  const connected = figure('connected', 'gauge', 'Whether the broker answers.', Number(isConnected))
  if (offer === undefined) return [connected]
  return [
    connected,
    figure('slots', 'gauge', 'Workers that may run at once; 0 while it ends.', offer.slots),
    figure('busy', 'gauge', 'Workers that run now.', offer.busy),
    figure('sessions', 'gauge', 'Workers that are lent to clients.', offer.sessions),
    figure('clients', 'gauge', 'Clients that have workers.', offer.clients),
    figure('waiting', 'gauge', 'Batches that wait for a free worker.', offer.waiting),
    figure('batches_total', 'counter', 'Batches that were done.', offer.done),
    figure('uptime_seconds', 'gauge', 'Seconds since the start.', offer.uptime / 1_000),
  ]
}

function figure(name: string, type: 'gauge' | 'counter', help: string, value: number): Figure {
  return { name: `manyhands_worker_${name}`, type, help, samples: [{ value }] }
}
