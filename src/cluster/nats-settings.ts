import { readFileSync } from 'node:fs'

import type { ConnectOptions, TlsFiles } from '../backends/nats/connect-options.ts'
import { InvalidArgumentError } from '../errors/invalid-argument-error.ts'
import { type Check, text, wholeNumber } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { readOptions } from '../options/read-options.ts'

/** How to reach a broker, and which group there. */
export interface BrokerOptions {
  /** `nats://host:4222`, or several of one cluster. @defaultValue the environment's `NATS_URL`, or `nats://127.0.0.1:4222` */
  readonly servers?: string | readonly string[] | undefined
  /** Workers and clients of one group work together. Letters, digits, `-` and `_`. @defaultValue 'default' */
  readonly group?: string | undefined
  readonly user?: string | undefined
  readonly pass?: string | undefined
  readonly token?: string | undefined
  /** The seed of an nkey, or the path of a file with it. */
  readonly nkey?: string | undefined
  /** The path of a credentials file. @defaultValue the environment's `NATS_CREDS` */
  readonly creds?: string | undefined
  /** Paths of PEM files: `caFile`, and for a client certificate `certFile` and `keyFile`. */
  readonly tls?: TlsFiles | undefined
}

const GROUP = /^[\w-]{1,64}$/

const servers: Check<readonly string[]> = (value, option) => {
  const list = typeof value === 'string' ? value.split(',') : value
  if (Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'string' && one !== '')) return list
  throw new InvalidArgumentError(option, "an address such as 'nats://host:4222', or several", describeValue(value))
}

const group: Check<string> = (value, option) => {
  if (typeof value === 'string' && GROUP.test(value)) return value
  throw new InvalidArgumentError(option, 'a name of letters, digits, - and _', describeValue(value))
}

const tls: Check<TlsFiles> = (value, option) =>
  readOptions(value, { caFile: text, certFile: text, keyFile: text }, option)

/** The same, checked. Those that were left out are absent. */
export interface ConnectSettings {
  readonly servers?: readonly string[]
  readonly group?: string
  readonly user?: string
  readonly pass?: string
  readonly token?: string
  readonly nkey?: string
  readonly creds?: string
  readonly tls?: TlsFiles
}

/** What `nats()` takes. */
export interface NatsOptions extends BrokerOptions {
  /**
   * Most tasks of all clients of the group that wait for a worker: then pushing and `run` wait. Clients that do not say
   * it are not bound; where they say different numbers the one said last holds. Above 1,000 it is kept to one in a
   * thousand. @defaultValue Infinity
   */
  readonly maxQueue?: number | undefined
}

/** The checks of what `nats()` and `runWorker()` share. */
export const CONNECT_TABLE: { readonly [K in keyof ConnectSettings]-?: Check<NonNullable<ConnectSettings[K]>> } = {
  servers,
  group,
  user: text,
  pass: text,
  token: text,
  nkey: text,
  creds: text,
  tls,
}

/** Settings with what the environment says for those that were left out; secrets are taken out of the addresses. */
export function connectOptions(settings: ConnectSettings): ConnectOptions {
  const given = settings.servers ?? servers(process.env['NATS_URL'] || 'nats://127.0.0.1:4222', 'NATS_URL')
  const addresses = given.map(readAddress)
  const named = addresses.find(hasSecret) ?? inEnvironment(addresses)
  const { group: name = 'default', user = named?.user, pass = named?.pass, token = named?.token, nkey } = settings
  const creds = settings.creds ?? (process.env['NATS_CREDS'] || undefined)
  return {
    servers: addresses.map((address) => address.server),
    group: name,
    ...(user !== undefined && { user }),
    ...(pass !== undefined && { pass }),
    ...(token !== undefined && { token }),
    ...(nkey !== undefined && { nkey: /^SU[A-Z2-7]{50,}$/.test(nkey) ? nkey : secretIn(nkey, 'nkey') }),
    // The package finds the end of each part by the line after it.
    ...(creds !== undefined && { creds: `${secretIn(creds, 'creds')}\n` }),
    ...(settings.tls && { tls: settings.tls }),
  }
}

const NATS_TABLE = { ...CONNECT_TABLE, maxQueue: wholeNumber(1, Infinity) }

/** @throws {InvalidArgumentError} for unknown options and wrong values. */
export function readBrokerOptions(options: unknown): ConnectOptions {
  return connectOptions(readOptions(options, CONNECT_TABLE))
}

/** @throws {InvalidArgumentError} for unknown options and wrong values. */
export function readNatsOptions(options: unknown): { connect: ConnectOptions; maxQueue?: number } {
  const { maxQueue, ...settings } = readOptions(options, NATS_TABLE)
  return { connect: connectOptions(settings), ...(maxQueue !== undefined && { maxQueue }) }
}

interface Address {
  readonly server: string
  readonly user?: string
  readonly pass?: string
  readonly token?: string
}

/** `nats://user:pass@host` and `nats://token@host` are what people have in `NATS_URL`. */
function readAddress(address: string): Address {
  const url = parsed(address.includes('://') ? address : `nats://${address}`)
  if (url === undefined || !/^(nats|tls):$/.test(url.protocol) || url.hostname === '')
    throw new InvalidArgumentError(
      'servers',
      "addresses such as 'nats://host:4222'",
      describeValue(withoutSecret(address)),
    )
  const server = `${url.protocol}//${url.host}`
  const name = decodeURIComponent(url.username)
  if (name === '') return { server }
  return url.password === '' ? { server, token: name } : { server, user: name, pass: decodeURIComponent(url.password) }
}

function hasSecret({ user, token }: Address): boolean {
  return user !== undefined || token !== undefined
}

/** Command lines say servers without what is secret: that stands in `NATS_URL`, for those that are named there. */
function inEnvironment(addresses: readonly Address[]): Address | undefined {
  const known = (process.env['NATS_URL'] ?? '').split(',').filter((address) => parsed(address) !== undefined)
  const secrets = known.filter((address) => address.includes('@')).map(readAddress)
  return secrets.find(({ server }) => addresses.some((address) => address.server === server))
}

function parsed(address: string): URL | undefined {
  try {
    return new URL(address)
  } catch {
    return undefined
  }
}

function withoutSecret(address: string): string {
  return address.replace(/\/\/[^@]*@/, '//…@')
}

function secretIn(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new InvalidArgumentError(option, 'the path of a file that can be read', (error as Error).message)
  }
}
