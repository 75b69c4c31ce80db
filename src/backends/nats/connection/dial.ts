import { createConnection } from 'node:net'

import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node'

import { BackendError } from '../../../errors/worker-errors.ts'
import { messageOf } from '../../../util/message-of.ts'
import { monotonicNow } from '../../../util/time.ts'
import { parseJson } from '../messages/offer.ts'
import { subjectsOf } from './subjects.ts'

/** Between two attempts to connect, in milliseconds: the first pause, and the longest. */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000
const GROWTH = 1.3
/** At least so many attempts: on a machine that was asleep, or had no time for us, the first may end long after its limit. */
const LEAST_ATTEMPTS = 3
/** Time limit of one attempt, in milliseconds. */
const DIAL_MS = 5_000
/** The oldest server that works, and the oldest that works as documented. */
const OLDEST = [2, 9]
const GOOD = [2, 10]
/** As long as timers can be, in milliseconds: the package's own pings are not used. */
const NEVER_MS = 2 ** 31 - 1

/** The address of a broker, and credentials. If several kinds of credentials are given, the server picks. */
export interface ConnectOptions {
  /** Addresses without the secrets in them. */
  readonly servers: readonly string[]
  readonly group: string
  readonly user?: string
  readonly pass?: string
  readonly token?: string
  /** The seed of an nkey. */
  readonly nkey?: string
  /** The text of a credentials file. */
  readonly creds?: string
  readonly tls?: TlsFiles
}

/** Paths of PEM files. With none, TLS is used if the server asks for it. */
export interface TlsFiles {
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
}

const warned = new Set<string>()

/**
 * Connects to one of the servers; if none listens, tries again for `patience` milliseconds, but at least twice, and calls
 * `onWait` once.
 *
 * @throws {BackendError} that says what to do.
 */
export async function dial(
  options: ConnectOptions,
  patience: number,
  onWait: () => void = () => {},
): Promise<NatsConnection> {
  const { connect } = await import('@nats-io/transport-node')
  const settings = await connectionOptions(options)
  const until = monotonicNow() + patience
  let pause = FIRST_PAUSE_MS
  for (let attempt = 1; ; attempt++, pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      const nats = await connect(settings)
      checkVersion(nats)
      return nats
    } catch (error) {
      if (error instanceof BackendError) throw error
      await checkCertificate(error, options)
      const isOver = attempt >= LEAST_ATTEMPTS && monotonicNow() + pause > until
      if (!mayPass(error) || isOver) throw explained(error, options)
      if (attempt === 1) onWait()
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

async function connectionOptions(options: ConnectOptions): Promise<ConnectionOptions> {
  const { credsAuthenticator, nkeyAuthenticator } = await import('@nats-io/transport-node')
  const { servers, group, user, pass, token, nkey, creds, tls } = options
  const bytes = new TextEncoder()
  const pauses = new Pauses()
  return {
    servers: [...servers],
    name: `manyhands ${process.pid}`,
    inboxPrefix: subjectsOf(group).inbox,
    timeout: DIAL_MS,
    maxReconnectAttempts: -1,
    // Keep retrying after an authentication error: credentials are often rotated one server at a time.
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: () => pauses.next(),
    pingInterval: NEVER_MS,
    ...(user !== undefined && { user }),
    ...(pass !== undefined && { pass }),
    ...(token !== undefined && { token }),
    ...(nkey !== undefined && { authenticator: nkeyAuthenticator(bytes.encode(nkey)) }),
    ...(creds !== undefined && { authenticator: credsAuthenticator(bytes.encode(creds)) }),
    ...(tls && { tls }),
  }
}

/** A whole fleet comes back at once: each somewhere in its pause, and the pauses grow until it is back. */
class Pauses {
  #pause = FIRST_PAUSE_MS
  #askedAt = 0

  next(): number {
    const now = monotonicNow()
    this.#pause =
      now - this.#askedAt > 2 * LONGEST_PAUSE_MS ? FIRST_PAUSE_MS : Math.min(this.#pause * GROWTH, LONGEST_PAUSE_MS)
    this.#askedAt = now
    return this.#pause * (0.5 + Math.random() / 2)
  }
}

function checkVersion(nats: NatsConnection): void {
  const version = nats.info?.version ?? ''
  if (isOlder(version, OLDEST)) {
    void nats.close()
    throw new BackendError(`the NATS server is version ${version}: manyhands needs ${OLDEST.join('.')} or later`)
  }
  if (!isOlder(version, GOOD) || warned.has(version)) return
  warned.add(version)
  const message = `the NATS server is version ${version}: ${GOOD.join('.')} or later can be told to write to disk at once`
  process.emitWarning(message, { type: 'ManyhandsWarning', code: 'MH_OLD_BROKER' })
}

function isOlder(version: string, than: readonly number[]): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [wantedMajor = 0, wantedMinor = 0] = than
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor)
}

/** A server that does not take a client's certificate just hangs up, which the package takes for silence. */
async function checkCertificate(error: unknown, { servers, tls }: ConnectOptions): Promise<void> {
  if (nameOf(error) !== 'TimeoutError') return
  for (const server of servers) {
    if ((await peekInfo(server))?.['tls_verify'] !== true) continue
    const problem = tls?.certFile === undefined ? 'requires a client certificate' : 'rejects this client certificate'
    throw new BackendError(`cannot connect to ${server} by TLS: the broker ${problem}. Check certFile and keyFile`)
  }
}

/** Tells if trying again may help: no server listens yet, or it no longer does. */
function mayPass(error: unknown): boolean {
  return !/authoriz|authenticat|credential|nkey|tls|certificate|invalid/i.test(`${nameOf(error)} ${messageOf(error)}`)
}

function explained(error: unknown, { servers }: ConnectOptions): BackendError {
  const where = servers.join(', ')
  const message = messageOf(error)
  // The package's message may quote the credentials.
  if (/authoriz|authenticat|credential|nkey/i.test(`${nameOf(error)} ${message}`))
    return new BackendError(`the broker at ${where} refuses these credentials: check user, token, nkey or creds`)
  if (/tls|certificate/i.test(message)) return new BackendError(`cannot connect to ${where} by TLS: ${message}`)
  return new BackendError(`no broker answers at ${where} (${message}): start one with "manyhands broker"`)
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}

const DEFAULT_PORT = 4_222
/** Limits on the greeting of a server, in milliseconds and in bytes. */
const LIMIT_MS = 2_000
const MAX_BYTES = 64 * 1024

/** Resolves to the greeting that a server sends to every client before any question; undefined if it sends none. */
function peekInfo(server: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { hostname, port } = new URL(server)
  return new Promise((resolve) => {
    let said = Buffer.alloc(0)
    const socket = createConnection(Number(port) || DEFAULT_PORT, hostname.replace(/^\[|\]$/g, ''))
    const end = (info?: Readonly<Record<string, unknown>>): void => {
      socket.destroy()
      resolve(info)
    }
    socket.setTimeout(LIMIT_MS, end)
    socket.on('error', () => end()).on('close', () => end())
    socket.on('data', (data) => {
      said = Buffer.concat([said, data])
      const line = said.indexOf('\n')
      if (line >= 0) end(parseJson(said.subarray('INFO '.length, line)))
      else if (said.length > MAX_BYTES) end()
    })
  })
}
