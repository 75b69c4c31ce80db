import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'

import { nkeys } from '@nats-io/transport-node'
import { BackendError, map, Pool } from 'manyhands'
import { nats, type NatsOptions } from 'manyhands/nats'

import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { Broker } from '../support/broker.js'
import { FakeBroker } from '../support/fake-broker.js'
import { until } from '../support/until.js'
import { Authority } from './support/certificates.js'
import { Operator, seedOf } from './support/credentials.js'
import { WorkerProcess } from './support/worker-process.js'
import { double, marked, starts } from './tasks.js'

const LIMIT = { timeout: 180_000 }
const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const TASKS = fileURLToPath(new URL('./tasks.js', import.meta.url))

/** A way of saying who one is. */
interface Access {
  /** What the server's configuration says. */
  readonly config: string
  readonly right: NatsOptions
  readonly wrong: NatsOptions
  /** What must not be seen anywhere. */
  readonly secrets: readonly string[]
  /** What is said of the wrong one. */
  readonly says: RegExp
}

/** The same for a command: flags, files and environment. */
function flagsOf(scratch: Scratch, server: string, options: NatsOptions): { args: string[]; env: NodeJS.ProcessEnv } {
  const { user, pass, token, nkey, creds, tls } = options
  const file = (name: string, text: string): string => {
    writeFileSync(scratch.file(name), text)
    return scratch.file(name)
  }
  const flags = {
    '--token-file': token && file('token', token),
    '--nkey': nkey && file('nkey', nkey),
    '--creds': creds,
    '--tls-ca': tls?.caFile,
    '--tls-cert': tls?.certFile,
    '--tls-key': tls?.keyFile,
  }
  const args = Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]))
  return { args, env: user === undefined ? {} : { NATS_URL: server.replace('//', `//${user}:${pass}@`) } }
}

async function command(
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...process.env, ...env } })
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text))
  const [code] = (await once(child, 'close')) as [number]
  return { code, ...said }
}

async function check({ config, right, wrong, secrets, says }: Access): Promise<void> {
  using scratch = new Scratch()
  await using broker = await Broker.start(config)
  const server = /\btls\b/.test(config) ? `tls://localhost:${broker.port}` : broker.url
  const seen: string[] = []
  const commands = async (options: NatsOptions, ...names: readonly string[]): Promise<Map<string, number>> => {
    const { args, env } = flagsOf(scratch, server, options)
    const at = ['--server', server, ...args]
    const all: Record<string, string[]> = {
      run: ['run', `${TASKS}#double`, '1', '--on', server, ...args],
      worker: ['worker', ...at, TASKS],
      status: ['status', '--workers', '--json', ...at],
      doctor: ['doctor', ...at],
    }
    const run = async (name: string): Promise<[string, number]> => {
      const { code, out, err } = await command(scratch.folder, all[name] as string[], env)
      seen.push(out, err)
      const lines = `${out}${err}`.split('\n').filter((line) => says.test(line))
      assert.equal(lines.length, code === 0 ? 0 : 1, `${name}: ${out}${err}`)
      return [name, code]
    }
    return new Map(await Promise.all(names.map(run)))
  }
  const { args, env } = flagsOf(scratch, server, right)
  await using worker = WorkerProcess.beginAt([], server, args, env)
  await worker.told('ready')
  assert.deepEqual(await map([1], double, { backend: nats({ servers: server, ...right }) }), [2])
  assert.deepEqual(Object.fromEntries(await commands(right, 'run', 'status', 'doctor')), {
    run: 0,
    status: 0,
    doctor: 0,
  })
  const error = (await failure(map([1], double, { backend: nats({ servers: server, ...wrong }) }))) as Error
  assert.ok(error instanceof BackendError)
  assert.match(error.message, says)
  assert.doesNotMatch(error.message, /\n/)
  seen.push(inspect(error, { depth: null }), JSON.stringify(error), String(error.stack))
  const codes = await commands(wrong, 'run', 'worker', 'status', 'doctor')
  assert.deepEqual(Object.fromEntries(codes), { run: 3, worker: 3, status: 3, doctor: 3 })
  for (const secret of secrets) assert.ok(!seen.some((text) => text.includes(secret)))
}

describe('who one is', () => {
  it('may be in doubt for a while: all wait until the broker knows them again', LIMIT, async () => {
    using scratch = new Scratch()
    await using broker = await Broker.start('authorization { token: old }')
    const { args, env } = flagsOf(scratch, broker.url, { token: 'old' })
    await using worker = WorkerProcess.beginAt([], broker.url, args, env)
    await worker.told('ready')
    const pool = new Pool({ backend: nats({ servers: broker.url, token: 'old' }) })
    const run = pool.map([1, 2], marked, { args: [scratch.folder] })
    run.start()
    await until(() => starts(scratch.folder).length >= 2)
    await broker.kill()
    {
      // Another in its place sends both away, more than once.
      const info = { server_id: 'A', version: '2.10.1', proto: 1, max_payload: 2 ** 20, auth_required: true }
      await using other = await FakeBroker.start(info, "-ERR 'Authorization Violation'", broker.port)
      await until(() => other.greeted >= 8)
    }
    await broker.restart()
    scratch.touch('go')
    assert.deepEqual(await run, [1, 2])
    assert.equal(starts(scratch.folder).length, 2)
    await pool.close()
  })

  it('by user and password', LIMIT, async () => {
    await check({
      config: 'authorization { user: ann, password: right-canary }',
      right: { user: 'ann', pass: 'right-canary' },
      wrong: { user: 'ann', pass: 'wrong-canary' },
      secrets: ['canary'],
      says: /refuses these credentials/,
    })
  })

  it('by a token', LIMIT, async () => {
    await check({
      config: 'authorization { token: right-canary }',
      right: { token: 'right-canary' },
      wrong: { token: 'wrong-canary' },
      secrets: ['canary'],
      says: /refuses these credentials/,
    })
  })

  it('by an nkey', LIMIT, async () => {
    const [ann, eve] = [nkeys.createUser(), nkeys.createUser()]
    await check({
      config: `authorization { users: [{ nkey: ${ann.getPublicKey()} }] }`,
      right: { nkey: seedOf(ann) },
      wrong: { nkey: seedOf(eve) },
      secrets: [seedOf(ann), seedOf(eve)],
      says: /refuses these credentials/,
    })
  })

  it('by credentials', LIMIT, async () => {
    using scratch = new Scratch()
    const [ours, theirs] = [new Operator(), new Operator()]
    const [right, wrong] = [scratch.file('right.creds'), scratch.file('wrong.creds')]
    const texts = [ours.user(), theirs.user()]
    writeFileSync(right, texts[0] as string)
    writeFileSync(wrong, texts[1] as string)
    const secrets = texts.flatMap((text) => text.split('\n').filter((line) => line.length > 40))
    assert.equal(secrets.length, 4)
    await check({
      config: ours.config,
      right: { creds: right },
      wrong: { creds: wrong },
      secrets,
      says: /refuses these credentials/,
    })
  })

  it('of the broker, by an authority of its own', LIMIT, async () => {
    using scratch = new Scratch()
    const [ours, theirs] = [new Authority(scratch, 'ours'), new Authority(scratch, 'theirs')]
    const { cert, key } = ours.certify('server')
    await check({
      config: `tls { cert_file: "${cert}", key_file: "${key}" }`,
      right: { tls: { caFile: ours.file } },
      wrong: { tls: { caFile: theirs.file } },
      secrets: ['PRIVATE KEY'],
      says: /by TLS/,
    })
  })

  it('by a certificate', LIMIT, async () => {
    using scratch = new Scratch()
    const [ours, theirs] = [new Authority(scratch, 'ours'), new Authority(scratch, 'theirs')]
    const { cert, key } = ours.certify('server')
    const [ann, eve] = [ours.certify('ann'), theirs.certify('eve')]
    await check({
      config: `tls { cert_file: "${cert}", key_file: "${key}", ca_file: "${ours.file}", verify: true }`,
      right: { tls: { caFile: ours.file, certFile: ann.cert, keyFile: ann.key } },
      wrong: { tls: { caFile: ours.file, certFile: eve.cert, keyFile: eve.key } },
      secrets: ['PRIVATE KEY'],
      says: /by TLS/,
    })
  })
})
