import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

import { messageOf } from '../../util/message-of.ts'
import { CommandError, EXIT } from '../command-error.ts'
import type { Address } from '../flags/values.ts'
import { type Figure, prometheusText } from './prometheus-text.ts'

/**
 * Serves figures for Prometheus at `/metrics`: only numbers, nothing about tasks. `figures` is called for each request.
 *
 * @throws {CommandError} if the address cannot be listened at.
 */
export async function serveMetrics({ host, port }: Address, figures: () => readonly Figure[]): Promise<Server> {
  const server = createServer((request, response) => {
    const isRight = request.method === 'GET' && /^\/metrics(?:\?|$)/.test(request.url ?? '')
    response.writeHead(isRight ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    response.end(isRight ? prometheusText(figures()) : 'not found\n')
  }).listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new CommandError(`--metrics: cannot listen at ${host}:${port}: ${messageOf(error)}`, EXIT.cannotStart, error)
  }
  return server
}
