import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'

import { connect, nkeys } from '@nats-io/transport-node'
import {
  BackendError,
  execute,
  InvalidArgumentError,
  map,
  ModuleLoadError,
  Pool,
  tasksOf,
  UnsupportedError,
} from 'manyhands'
import { nats, type NatsOptions, runWorker, type WorkerOptions } from 'manyhands/nats'

import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { Broker } from '../support/broker.js'
import { double, environment, factorize, lengthOf } from './tasks.js'

const LIMIT = { timeout: 180_000 }
const TASKS = new URL('./tasks.js', import.meta.url)
const CLUSTER_PAGE = new URL('../../../docs/cluster.md', import.meta.url)

/** Workers in this process, for one test. */
async function withWorkers(
  options: Partial<WorkerOptions>,
  use: (connect: NatsOptions) => Promise<void>,
): Promise<void> {
  await using broker = await Broker.start()
  const connect = { servers: broker.url, group: 'safe' }
  const workers = await runWorker({ ...connect, workers: 1, modules: [TASKS], ...options })
  try {
    await use(connect)
  } finally {
    await workers.drain(500)
  }
}

/** A package with a module, as it lies on one machine. */
function moduleIn(scratch: Scratch, folder: string, code: string): URL {
  mkdirSync(scratch.file(folder))
  writeFileSync(scratch.file(`${folder}/package.json`), '{ "name": "shop", "type": "module" }')
  writeFileSync(scratch.file(`${folder}/work.js`), code)
  return pathToFileURL(scratch.file(`${folder}/work.js`))
}

type Work = { work: (x: number) => number }

describe('what workers run', () => {
  it('is what their modules export, wherever they lie', LIMIT, async () => {
    using scratch = new Scratch()
    const code = 'export const work = (x) => x + 1'
    const here = moduleIn(scratch, 'here', code)
    await withWorkers({ modules: [moduleIn(scratch, 'there', code)] }, async (connect) => {
      assert.deepEqual(await map([1], tasksOf<Work>(here).work, { backend: nats(connect) }), [2])
    })
  })

  it('is the functions of task types that they export', LIMIT, async () => {
    await withWorkers({}, async (connect) => {
      const backend = nats(connect)
      const tasks = tasksOf<typeof import('./tasks.js')>(TASKS)
      assert.deepEqual(await map([4], tasks.factorize, { backend }), ['factors of 4'])
      assert.deepEqual(await execute([factorize(5)], { backend }), ['factors of 5'])
      const pool = new Pool({ backend })
      try {
        assert.equal(await pool.run(factorize(6)), 'factors of 6')
      } finally {
        await pool.close()
      }
    })
  })

  it('is nothing else: no other module, no path, no URL, no inherited name, no function by value', LIMIT, async () => {
    await withWorkers({}, async (connect) => {
      const backend = nats(connect)
      const refused = async (fn: (value: string) => unknown): Promise<string> =>
        ((await failure(map(['touch /tmp/owned'], fn, { backend }))) as Error).message
      const { execSync } = await import('node:child_process')
      assert.match(await refused(execSync), /does not run "execSync" of node:child_process/)
      const other = tasksOf<{ end: () => void }>(new URL('./support/cluster.js', import.meta.url))
      assert.match(await refused(other.end), /does not run "end" of .*cluster\.js: it runs exports of .*tasks\.js/)
      const data = tasksOf<{ x: () => void }>(new URL('data:text/javascript,export const x = () => 1'))
      assert.match(await refused(data.x), /does not run/)
      assert.match(await refused(JSON.parse), /does not run "JSON.parse"/)
      for (const name of ['toString', 'constructor', '__proto__', 'secret']) {
        const inherited = tasksOf<Record<string, () => void>>(TASKS)[name] as () => void
        const error = await failure(map([1], inherited, { backend }))
        assert.ok(error instanceof ModuleLoadError, name)
        assert.match(error.message, /double/)
      }
      const factor = 3
      const error = await failure(map([1], (x) => x * factor, { backend }))
      assert.ok(error instanceof UnsupportedError)
      assert.match(error.message, /--allow-code/)
      assert.deepEqual(await map([1], double, { backend }), [2])
    })
  })

  it('may be anything with allowCode', LIMIT, async () => {
    await withWorkers({ allowCode: true, modules: [] }, async (connect) => {
      const factor = 3
      assert.deepEqual(await map([1], (x) => x * factor, { backend: nats(connect) }), [3])
    })
  })

  it('must be the code that the client has, but with allowSkew', LIMIT, async () => {
    using scratch = new Scratch()
    const here = moduleIn(scratch, 'here', 'export const work = (x) => x + 1')
    const there = moduleIn(scratch, 'there', 'export const work = (x) => x + 2')
    const { work } = tasksOf<Work>(here)
    await withWorkers({ modules: [there] }, async (connect) => {
      const error = await failure(map([1], work, { backend: nats(connect) }))
      assert.ok(error instanceof ModuleLoadError)
      assert.match(error.message, /shop\/work\.js differs between .*--allow-skew/)
    })
    await withWorkers({ modules: [there], allowSkew: true }, async (connect) => {
      assert.deepEqual(await map([1], work, { backend: nats(connect) }), [3])
    })
  })

  it('does not see how its worker gets at the broker', LIMIT, async () => {
    process.env['NATS_URL'] = 'nats://ann:canary@127.0.0.1:1'
    try {
      await withWorkers({}, async (connect) => {
        assert.deepEqual(await map(['NATS_URL'], environment, { backend: nats(connect) }), [''])
      })
    } finally {
      delete process.env['NATS_URL']
    }
  })

  it('must be there when workers start', LIMIT, async () => {
    const error = await failure(runWorker({ modules: ['./no-such-module.js'] }))
    assert.ok(error instanceof InvalidArgumentError)
    assert.match(error.message, /no-such-module/)
  })
})

/** Runs one task with options that must do, and sees what others are told. */
async function letsIn(config: string, good: NatsOptions, bad: NatsOptions, secret: string): Promise<void> {
  await using broker = await Broker.start(config)
  const servers = config.includes('tls') ? `tls://localhost:${broker.port}` : broker.url
  const workers = await runWorker({ servers, workers: 1, modules: [TASKS], ...good })
  try {
    assert.deepEqual(await map([1], double, { backend: nats({ servers, ...good }) }), [2])
    const error = await failure(map([1], double, { backend: nats({ servers, ...bad }) }))
    assert.ok(error instanceof BackendError, String(error))
    assert.doesNotMatch(`${error.message} ${error.stack}`, new RegExp(secret))
    assert.doesNotMatch(error.message, /\n/)
  } finally {
    await workers.drain(500)
  }
}

/** The broker lets a user of one group neither hear, nor say, nor read, nor write anything of another. */
async function assertShutOut(servers: string, user: string, group: string): Promise<void> {
  const stranger = await connect({ servers, user, pass: 'x', inboxPrefix: `mh.${user}.i` })
  const heard: unknown[] = []
  for (const subject of [`mh.${group}.>`, `$O.mh_${group}.>`, 'mh.>', '>']) {
    const refused = new Promise<Error | null>((resolve) => {
      stranger.subscribe(subject, {
        callback: (error, message) => void (error === null ? heard.push(message) : resolve(error)),
      })
    })
    assert.match(String(await refused), /permissions violation/i)
  }
  for (const subject of [`mh.${group}.ask`, `$O.mh_${group}.M.x`, `$JS.API.STREAM.INFO.OBJ_mh_${group}`])
    assert.match(String(await failure(stranger.request(subject, '{}', { timeout: 2_000 }))), /permissions violation/i)
  assert.deepEqual(heard, [])
  await stranger.close()
}

describe('who is let in', () => {
  it('by user and password, also in the address', LIMIT, async () => {
    const config = 'authorization { user: ann, password: right }'
    await letsIn(config, { user: 'ann', pass: 'right' }, { user: 'ann', pass: 'canary' }, 'canary')
    await using broker = await Broker.start(config)
    const servers = `nats://ann:canary@127.0.0.1:${broker.port}`
    const error = (await failure(map([1], double, { backend: nats({ servers }) }))) as Error
    assert.match(error.message, /refuses these credentials/)
    assert.doesNotMatch(error.message, /canary/)
  })

  it('by a token', LIMIT, async () => {
    await letsIn('authorization { token: right }', { token: 'right' }, { token: 'canary' }, 'canary')
  })

  it('by an nkey', LIMIT, async () => {
    const [ann, eve] = [nkeys.createUser(), nkeys.createUser()]
    const seed = (user: typeof ann): string => new TextDecoder().decode(user.getSeed())
    await letsIn(
      `authorization { users: [{ nkey: ${ann.getPublicKey()} }] }`,
      { nkey: seed(ann) },
      { nkey: seed(eve) },
      seed(eve),
    )
  })

  it('by TLS', LIMIT, async () => {
    using scratch = new Scratch()
    const [key, cert] = [scratch.file('key.pem'), scratch.file('cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const args = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
      ...subject,
    ]
    execFileSync('openssl', args, { stdio: 'ignore' })
    await letsIn(`tls { cert_file: "${cert}", key_file: "${key}" }`, { tls: { caFile: cert } }, {}, 'canary')
  })

  it('each group to its own subjects', LIMIT, async () => {
    // As the documentation has it.
    const [page = ''] = /\{ user: images[^]*?subscribe:[^]*?\} \}/.exec(readFileSync(CLUSTER_PAGE, 'utf8')) ?? []
    const allowed = (group: string): string => page.replaceAll('$IMAGES_PASSWORD', 'x').replaceAll('images', group)
    await using broker = await Broker.start(`authorization { users: [${allowed('images')}, ${allowed('texts')}] }`)
    const at = (user: string, group: string): NatsOptions => ({ servers: broker.url, user, pass: 'x', group })
    const workers = await runWorker({ ...at('images', 'images'), workers: 1, modules: [TASKS] })
    const large = new Uint8Array(1_500_000)
    assert.deepEqual(await map([large], lengthOf, { backend: nats(at('images', 'images')) }), [large.length])
    await using bounded = new Pool({ backend: nats({ ...at('images', 'images'), maxQueue: 5 }) })
    assert.equal(await bounded.run(double, 1), 2)
    const refused = /does not let this account use group "images"/
    assert.match(String(await failure(map([1], double, { backend: nats(at('texts', 'images')) }))), refused)
    assert.match(String(await failure(runWorker({ ...at('texts', 'images'), modules: [TASKS] }))), refused)
    await assertShutOut(broker.url, 'texts', 'images')
    await workers.drain(500)
  })

  it('one line says what a server lacks', LIMIT, async () => {
    await using plain = await Broker.start('', false)
    const error = (await failure(map([1], double, { backend: nats({ servers: plain.url }) }))) as Error
    assert.ok(error instanceof BackendError)
    assert.match(error.message, /without JetStream.*manyhands broker/)
  })
})
