import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

import type { Offer } from '../../backends/nats/offer.ts'
import { usageError } from '../command-error.ts'

export interface MetricsAddress {
  readonly host: string
  readonly port: number
}

export function parseMetricsAddress(text: string): MetricsAddress {
  const [, host = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? []
  if (port !== '') return { host, port: Number(port) }
  throw usageError(`--metrics: expected HOST:PORT, such as 127.0.0.1:9100, got "${text}"`)
}

/** Figures for Prometheus at `/metrics`: only numbers, nothing of any task. */
export async function serveMetrics({ host, port }: MetricsAddress, status: () => Offer): Promise<Server> {
  const server = createServer((request, response) => {
    const isRight = request.method === 'GET' && request.url === '/metrics'
    response.writeHead(isRight ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4' })
    response.end(isRight ? metricsText(status()) : 'not found\n')
  }).listen(port, host)
  await once(server, 'listening')
  return server
}

/** The figures of a fleet in Prometheus' text format. */
export function metricsText(offer: Offer): string {
  const figures: readonly (readonly [name: string, type: 'gauge' | 'counter', help: string, value: number])[] = [
    ['slots', 'gauge', 'Workers that may run at once; 0 while it ends.', offer.slots],
    ['busy', 'gauge', 'Workers that run now.', offer.busy],
    ['sessions', 'gauge', 'Workers that are lent to clients.', offer.sessions],
    ['clients', 'gauge', 'Clients that have workers.', offer.clients],
    ['waiting', 'gauge', 'Batches that wait for a free worker.', offer.waiting],
    ['batches_total', 'counter', 'Batches that were done.', offer.done],
    ['uptime_seconds', 'gauge', 'Seconds since the start.', offer.uptime / 1_000],
  ]
  return figures
    .map(([name, type, help, value]) => {
      const full = `manyhands_worker_${name}`
      return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${full} ${value}\n`
    })
    .join('')
}
