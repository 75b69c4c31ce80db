import assert from 'node:assert/strict'

import { Broker, freePort } from '../support/broker.js'
import { endedWith, inProject, type Project, usePackage } from './support/project.js'
import type { Ended } from './support/running.js'

usePackage()

/** It ended so, and said why in one line; warnings of old servers aside. */
function saidOnly(ended: Ended, code: number, line: RegExp): void {
  endedWith(ended, code)
  const lines = ended.stderr.split('\n').filter((one) => one.startsWith('✖'))
  assert.equal(lines.length, 1, ended.stderr)
  assert.match(lines[0] ?? '', line)
  assert.doesNotMatch(ended.stderr, /\n {4}at |canary/)
}

const worker = (project: Project, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  project.start(['worker', ...args], { env }).ended

inProject('workers: what is wrong with their modules is known at the start', async (project) => {
  await project.write('throws.mjs', "throw new Error('at load')")
  await project.write('lacks.mjs', "import 'no-such-package'")
  saidOnly(await worker(project, ['throws.mjs']), 3, /cannot load throws\.mjs: Error: at load/)
  saidOnly(await worker(project, ['tasks.mjs', 'lacks.mjs']), 3, /no-such-package/)
  saidOnly(await worker(project, ['task.mjs']), 3, /there is no file "task\.mjs"\. Did you mean "tasks\.mjs"/)
  saidOnly(await worker(project, ['tasks.mjs#odd']), 2, /workers take modules, not exports: tasks\.mjs/)
})

inProject('wrong addresses, groups, files and numbers are refused', async (project) => {
  await project.write('empty', '\n')
  saidOnly(await worker(project, ['tasks.mjs', '--server', 'nats://']), 2, /--server: expected addresses/)
  saidOnly(await worker(project, ['tasks.mjs', '--group', 'a b']), 2, /--group: expected a name of letters/)
  saidOnly(await worker(project, ['tasks.mjs', '-n', '0']), 2, /--jobs: expected/)
  saidOnly(await worker(project, ['tasks.mjs', '--tls-ca', 'nowhere']), 2, /--tls-ca: cannot read nowhere/)
  saidOnly(await worker(project, ['tasks.mjs', '--token-file', 'empty']), 2, /--token-file: empty is empty/)
  saidOnly(await worker(project, ['tasks.mjs', '--metrics', '127.0.0.1:99999']), 2, /--metrics: expected HOST:PORT/)
  saidOnly(await project.run(['tasks.mjs#odd', '1', '--on', 'nats://']), 2, /--on: expected addresses/)
  saidOnly(await project.run(['tasks.mjs#odd', '1', '--on', 'nats://a:canary@b']), 2, /--on: .* NATS_URL/)
  for (const address of ['http://ann:canary@host', 'nats://ann:canary@', 'ann:canary@ho st']) {
    const ended = await worker(project, ['tasks.mjs'], { NATS_URL: address })
    saidOnly(ended, 2, /NATS_URL: expected addresses/)
  }
  saidOnly(await project.start(['broker', '--port', '99999']).ended, 2, /--port: expected a number from 1 to 65535/)
  const open = ['broker', '--host', '0.0.0.0', '--token-file', 'empty']
  saidOnly(await project.start(open).ended, 2, /--token-file: empty is empty/)
})

inProject('workers before their broker, which says what to do and ends with its server', async (project) => {
  const port = String(await freePort())
  const url = `nats://127.0.0.1:${port}`
  const early = project.start(['worker', 'tasks.mjs', '--server', url, '-n', '1'])
  await early.prints(`the broker at ${url} does not answer; trying again until it does`)
  const broker = project.start(['broker', '--port', port, '--store', 'store'])
  await broker.prints(`manyhands run MODULE#EXPORT INPUT… --on ${url}`)
  await early.prints('1 worker for group "default" may run:')
  await early.prints(`tasks.mjs: `)
  assert.equal(early.printed().stderr.match(/does not answer/g)?.length, 1)

  const inUse = await project.start(['broker', '--port', String(await freePort()), '--store', 'store']).ended
  saidOnly(inUse, 3, /store is in use by the broker at nats:/)
  const taken = await project.start(['broker', '--port', port, '--store', 'another']).ended
  saidOnly(taken, 3, /port \d+ is taken, perhaps by another broker/)

  const watch = project.start(['status', '--server', url, '--watch'])
  await watch.prints('group default: 1 worker, 0 busy')
  watch.signal('SIGKILL')
  const none = await project.start(['status', '--server', url, '--group', 'other']).ended
  assert.match(none.stdout, /group other: no workers\. Start some: manyhands worker --server .* --group other MODULE/)
  const failed = await project.run(['tasks.mjs#odd', '2', '--on', url])
  endedWith(failed, 1)
  assert.match(failed.stderr, /RangeError: 2 is even\n {4}at odd \(tasks\.mjs:\d+:\d+\), on .+ \(pid \d+\)/)

  broker.signal('SIGTERM')
  endedWith(await broker.ended, 0)
  await early.prints('client')
  early.signal('SIGTERM')
  endedWith(await early.ended, 0)
})

inProject('tls:// never ends up without TLS', async (project) => {
  await using broker = await Broker.start()
  const address = broker.url.replace('nats:', 'tls:')
  saidOnly(await project.run(['tasks.mjs#odd', '1', '--on', address]), 3, /cannot connect to tls:.* by TLS/)
})
