import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { Channel } from './channel.ts'
import { livePage } from './live-page.ts'
import { type Refusal, refusalOf, tokenRefusalOf } from './refusal.ts'
import type { Subject, Subjects } from './subject.ts'
import { Watcher } from './watcher.ts'

const HOST = '127.0.0.1'
const TOKEN_BYTES = 16
/** Pages that are served at a time. */
const MOST_WATCHERS = 8
/** Paths of the page. It finds out by itself what its path means. */
const PAGES = /^\/(?:run\/[a-z0-9-]+|cluster)?$/
const EVENTS = /^\/events\/(runs|cluster|run\/([a-z0-9-]+))$/

/** A dashboard that is served. */
export interface ServedDashboard {
  /** Returns the address of one of its pages, with the token. */
  addressOf(page: string): string
  /** Ends it. Pages are told. */
  close(): Promise<void>
}

/**
 * Serves live pages to browsers of this machine. Nothing can be changed through it.
 *
 * @throws {Error} of the system if the port cannot be listened at.
 */
export async function serveDashboard(port: number, subjects: Subjects): Promise<ServedDashboard> {
  const dashboard = new Dashboard(subjects)
  const server = createServer({ maxHeaderSize: 16_384 }, (request, response) => dashboard.answer(request, response))
  server.listen(port, HOST)
  await once(server, 'listening')
  dashboard.port = (server.address() as AddressInfo).port
  return {
    addressOf: (page) => `http://${HOST}:${dashboard.port}${page}#token=${dashboard.token}`,
    close: () => dashboard.close(server),
  }
}

class Dashboard {
  readonly token: string = randomBytes(TOKEN_BYTES).toString('base64url')
  port = 0
  readonly #subjects: Subjects
  readonly #page = livePage()
  readonly #channels = new Map<string, Channel>()
  readonly #watchers = new Set<Watcher>()

  constructor(subjects: Subjects) {
    this.#subjects = subjects
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const headers = { ...HEADERS, 'content-security-policy': this.#page.policy }
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const refusal = refusalOf(request, this.port)
    if (refusal !== undefined) return refuse(response, refusal)
    const [path = ''] = (request.url ?? '').split('?')
    if (PAGES.test(path)) return send(request, response, 200, 'text/html', this.#page.html)
    const events = EVENTS.exec(path)
    if (events === null) return send(request, response, 404, 'text/plain', 'there is no such page\n')
    const tokenRefusal = tokenRefusalOf(request, this.token)
    if (tokenRefusal !== undefined) return refuse(response, tokenRefusal)
    const subject = (): Subject | undefined => this.#subjectOf(events[1] as string, events[2])
    this.#watch(events[1] as string, subject, request, response)
  }

  async close(server: Server): Promise<void> {
    for (const watcher of this.#watchers) {
      watcher.send('bye', { why: 'The dashboard was ended.' })
      watcher.end()
    }
    server.closeIdleConnections()
    const closed = once(server, 'close')
    server.close()
    // A page that does not read must not keep it.
    setTimeout(() => server.closeAllConnections(), 500).unref()
    await closed
  }

  #subjectOf(name: string, run: string | undefined): Subject | undefined {
    if (run !== undefined) return this.#subjects.run(run)
    return name === 'runs' ? this.#subjects.runs() : this.#subjects.cluster()
  }

  #watch(name: string, subjectOf: () => Subject | undefined, request: IncomingMessage, response: ServerResponse): void {
    if (this.#watchers.size >= MOST_WATCHERS)
      return send(request, response, 503, 'text/plain', `${MOST_WATCHERS} pages are open already: close one\n`)
    const channel = this.#channels.get(name) ?? this.#channelOf(name, subjectOf())
    if (channel === undefined) return send(request, response, 404, 'text/plain', 'there is no such run\n')
    if (request.method === 'HEAD') return send(request, response, 200, 'text/event-stream', '')
    const watcher = new Watcher(response, /\bgzip\b/.test(request.headers['accept-encoding'] ?? ''))
    this.#watchers.add(watcher)
    response.on('close', () => {
      this.#watchers.delete(watcher)
      channel.remove(watcher)
    })
    channel.add(watcher)
  }

  #channelOf(name: string, subject: Subject | undefined): Channel | undefined {
    if (subject === undefined) return undefined
    const channel = new Channel(subject, () => this.#channels.delete(name))
    this.#channels.set(name, channel)
    return channel
  }
}

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
}

function refuse(response: ServerResponse, { status, why, headers = {} }: Refusal): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close', ...headers })
  response.end(`${why}\n`)
}

function send({ method }: IncomingMessage, response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8` })
  response.end(method === 'HEAD' ? undefined : text)
}
