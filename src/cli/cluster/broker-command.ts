import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

import { CommandError, usageError } from '../command-error.ts'
import { EXIT } from '../exit-codes.ts'
import type { Screen } from '../report/screen.ts'
import { readSecret } from './access-options.ts'

/** How a broker is started. */
export interface BrokerFlags {
  readonly host: string
  readonly port: number
  readonly store?: string
  readonly tokenFile?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1'])
/** Servers from this version on can be told to write to the disk before they answer. */
const SYNCS_FROM = [2, 10]

/** `manyhands broker`: a nats-server with all that is needed. Resolves to the exit code, when it has ended. */
export async function broker(flags: BrokerFlags, screen: Screen): Promise<number> {
  const { host, tokenFile, tlsCert, tlsKey } = flags
  if ((tlsCert === undefined) !== (tlsKey === undefined)) throw usageError('--tls-cert and --tls-key belong together')
  if (!LOOPBACK.has(host) && tokenFile === undefined && tlsCert === undefined)
    throw usageError(`--host ${host} lets others in: it needs --token-file, or --tls-cert and --tls-key`)
  const version = serverVersion()
  const config = configFile(flags, version)
  const server = spawn('nats-server', ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  server.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)))
  const address = `${tlsCert === undefined ? 'nats' : 'tls'}://${host}:${flags.port}`
  const ended = new Promise<number | null>((done) => server.on('exit', done))
  // It may hold a token.
  void ended.then(() => rmSync(dirname(config), { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill('SIGTERM'))
  const started = await Promise.race([ready(server.stderr), ended.then(() => false)])
  if (!started) throw new CommandError(`nats-server did not start: ${lastLine(said)}`, EXIT.cannotStart)
  screen.say(`broker at ${address} (nats-server ${version.join('.')}), store in ${storeOf(flags)}`)
  screen.say(`start workers with:\n  manyhands worker --server ${address}${secretFlags(flags)} MODULE`)
  const code = await ended
  return code === null || code === 0 || code === 1 ? EXIT.ok : EXIT.cannotStart
}

/** The server says on stderr when it listens. */
function ready(stderr: NodeJS.ReadableStream): Promise<boolean> {
  return new Promise((done) => {
    let text = ''
    stderr.on('data', (piece: string) => {
      text += piece
      if (text.includes('Server is ready')) done(true)
    })
  })
}

function serverVersion(): number[] {
  const { stdout, error } = spawnSync('nats-server', ['--version'], { encoding: 'utf8' })
  if (error === undefined) return (/v(\d+)\.(\d+)\.(\d+)/.exec(stdout)?.slice(1) ?? ['0', '0', '0']).map(Number)
  throw new CommandError(
    'there is no nats-server on this machine: apt-get install nats-server, brew install nats-server, ' +
      'or a binary from https://github.com/nats-io/nats-server/releases in your PATH',
    EXIT.cannotStart,
  )
}

function storeOf({ store, port }: BrokerFlags): string {
  return resolve(store ?? join(homedir(), '.manyhands', `broker-${port}`))
}

/** In a file that nobody else can read: a token on the command line would be seen. */
function configFile(flags: BrokerFlags, [major = 0, minor = 0]: readonly number[]): string {
  const { host, port, tokenFile, tlsCert, tlsKey } = flags
  const syncs = major > (SYNCS_FROM[0] as number) || minor >= (SYNCS_FROM[1] as number)
  const quoted = (text: string): string => JSON.stringify(text)
  const lines = [
    `listen: ${quoted(`${host.includes(':') ? `[${host}]` : host}:${port}`)}`,
    `jetstream { store_dir: ${quoted(storeOf(flags))}${syncs ? ', sync_interval: always' : ''} }`,
    'max_payload: 1MB',
    ...(tokenFile === undefined ? [] : [`authorization { token: ${quoted(readSecret(tokenFile, '--token-file'))} }`]),
    ...(tlsCert === undefined || tlsKey === undefined
      ? []
      : [`tls { cert_file: ${quoted(resolve(tlsCert))}, key_file: ${quoted(resolve(tlsKey))} }`]),
  ]
  const file = join(mkdtempSync(join(tmpdir(), 'manyhands-broker-')), 'nats-server.conf')
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  return file
}

function secretFlags({ tokenFile, tlsCert }: BrokerFlags): string {
  return `${tokenFile === undefined ? '' : ` --token-file ${tokenFile}`}${tlsCert === undefined ? '' : ' --tls-ca CA.pem'}`
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^\[\d+\] \S+ \S+ /, '') ?? ''
  )
}
