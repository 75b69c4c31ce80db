import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { createInterface } from 'node:readline'

import { CommandError, usageError, EXIT } from '../command-error.ts'
import type { BrokerFlags } from '../flags/command-flags.ts'
import type { Screen } from '../report/screen.ts'
import { readSecret } from './access-flags.ts'
import { BrokerConfig, storeOf } from './broker-config.ts'
import { StoreLock } from './store-lock.ts'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1'])
/** The beginning of a server's lines: its pid, the time, the level. */
const WHEN_AND_WHERE = /^\[\d+\] \S+ \S+ (?:\[[A-Z]+\] )?|^nats-server: (?:\S+\.conf:[\d:]+ )?/
const ANY_ADDRESS = new Set(['0.0.0.0', '::'])

/** `manyhands broker`: runs a nats-server with all that workers and clients need. Resolves to the exit code when it has ended. */
export async function broker(flags: BrokerFlags, screen: Screen): Promise<number> {
  checkSafety(flags, screen)
  const version = serverVersion()
  const address = addressOf(flags)
  const lock = new StoreLock(storeOf(flags))
  const config = new BrokerConfig(flags, version)
  const server = spawn('nats-server', ['-c', config.file], { stdio: ['ignore', 'ignore', 'pipe'] })
  lock.take(server.pid as number, address)
  let isAsked = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      isAsked = true
      server.kill('SIGTERM')
    })
  }
  const said = new ServerWords(server, flags, screen)
  // At `close`, all that the server said has been read.
  const ended = once(server, 'close')
  const isUp = await Promise.race([said.ready, ended.then(() => false)])
  config.remove()
  if (isUp && !flags.quiet) sayReady(flags, address, version, screen)
  const [, signal] = (await ended) as [number | null, NodeJS.Signals | null]
  lock.release()
  if (isAsked) return EXIT.ok
  const what = isUp ? 'the nats-server has ended' : 'nats-server did not start'
  throw new CommandError(`${what}: ${signal === null ? said.why(flags) : signal}`, EXIT.cannotStart)
}

function checkSafety({ host, tokenFile, tlsCert, tlsKey }: BrokerFlags, screen: Screen): void {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) throw usageError('--tls-cert and --tls-key belong together')
  if (tokenFile !== undefined) readSecret(tokenFile, '--token-file')
  if (LOOPBACK.has(host) || tokenFile !== undefined) return
  if (tlsCert === undefined)
    throw usageError(`--host ${host} lets others in: it needs --token-file, or --tls-cert and --tls-key`)
  screen.warn('without --token-file anyone who can reach this broker may use it')
}

function sayReady(flags: BrokerFlags, address: string, version: readonly number[], screen: Screen): void {
  const access = `${address}${secretFlags(flags)}`
  screen.say(`broker at ${address} (nats-server ${version.join('.')}), store in ${storeOf(flags)}`)
  screen.say(`start workers with:\n  manyhands worker --server ${access} MODULE`)
  screen.say(`run on them with:\n  manyhands run MODULE#EXPORT INPUT… --on ${access}`)
}

/** Reads what a server says on stderr: when it listens, and what goes wrong. */
class ServerWords {
  /** Resolves when it listens. */
  readonly ready: Promise<true>
  #last = ''

  constructor(server: ChildProcess, { logLevel }: BrokerFlags, screen: Screen) {
    this.ready = new Promise((resolve) => {
      let isUp = false
      createInterface({ input: server.stderr as NodeJS.ReadableStream }).on('line', (line) => {
        if (line !== '') this.#last = line.replace(WHEN_AND_WHERE, '')
        if (line.includes('Server is ready')) resolve((isUp = true))
        if (logLevel === 'debug') screen.say(line)
        else if (isUp && /\[(?:ERR|FTL)\]/.test(line)) screen.warn(this.#last)
      })
    })
  }

  /** Explains why the server ended, and what to do if that is known. */
  why({ host, port }: BrokerFlags): string {
    if (/address already in use/.test(this.#last))
      return `port ${port} is taken, perhaps by another broker: use that one, or choose another --port`
    if (/cannot assign requested address/.test(this.#last)) return `${host} is not an address of this machine`
    return this.#last
  }
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

/** Returns the address to paste, also on other machines. */
function addressOf({ host, port, tlsCert }: BrokerFlags): string {
  const name = ANY_ADDRESS.has(host) ? hostname() : host
  return `${tlsCert === undefined ? 'nats' : 'tls'}://${name.includes(':') ? `[${name}]` : name}:${port}`
}

function secretFlags({ tokenFile, tlsCert }: BrokerFlags): string {
  return `${tokenFile === undefined ? '' : ` --token-file ${tokenFile}`}${tlsCert === undefined ? '' : ' --tls-ca CA.pem'}`
}
