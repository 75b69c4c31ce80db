import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

import type { Offer } from '../../backends/nats/messages/offer.ts'
import { messageOf } from '../../util/message-of.ts'
import { CommandError, EXIT } from '../command-error.ts'
import type { Address } from '../flags/values.ts'

/** The source of the figures. */
export interface FigureSource {
  connected(): boolean
  /** The state of the workers; undefined until they were connected once. */
  offer(): Offer | undefined
}

type Figure = readonly [name: string, type: 'gauge' | 'counter', help: string, value: number]

/**
 * Serves figures for Prometheus at `/metrics`: only numbers, nothing about tasks.
 *
 * @throws {CommandError} if the address cannot be listened at.
 */
export async function serveMetrics({ host, port }: Address, source: FigureSource): Promise<Server> {
  const server = createServer((request, response) => {
    const isRight = request.method === 'GET' && /^\/metrics(?:\?|$)/.test(request.url ?? '')
    response.writeHead(isRight ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    response.end(isRight ? metricsText(source) : 'not found\n')
  }).listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new CommandError(`--metrics: cannot listen at ${host}:${port}: ${messageOf(error)}`, EXIT.cannotStart, error)
  }
  return server
}

/** Formats the figures as Prometheus reads them. */
function metricsText(source: FigureSource): string {
  const offer = source.offer()
  const connected: Figure = ['connected', 'gauge', 'Whether the broker answers.', Number(source.connected())]
  return [connected, ...(offer === undefined ? [] : figuresOf(offer))]
    .map(([name, type, help, value]) => {
      const full = `manyhands_worker_${name}`
      return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${full} ${value}\n`
    })
    .join('')
}

function figuresOf(offer: Offer): readonly Figure[] {
  return [
    ['slots', 'gauge', 'Workers that may run at once; 0 while it ends.', offer.slots],
    ['busy', 'gauge', 'Workers that run now.', offer.busy],
    ['sessions', 'gauge', 'Workers that are lent to clients.', offer.sessions],
    ['clients', 'gauge', 'Clients that have workers.', offer.clients],
    ['waiting', 'gauge', 'Batches that wait for a free worker.', offer.waiting],
    ['batches_total', 'counter', 'Batches that were done.', offer.done],
    ['uptime_seconds', 'gauge', 'Seconds since the start.', offer.uptime / 1_000],
  ]
}
