import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

import { freePort } from '../support/broker.js'
import { endedWith, inProject, type Project, usePackage } from './support/project.js'

usePackage()

/** A certificate for this machine, made here. */
function certify(project: Project): void {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const files = ['-keyout', join(project.folder, 'key.pem'), '-out', join(project.folder, 'cert.pem')]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...subject], {
    stdio: 'ignore',
  })
}

inProject('a broker, workers and a client, as docs/cluster.md has them, with a token and TLS', async (project) => {
  certify(project)
  await project.write('token', 'a-secret-canary')
  await project.write('wrong', 'another-canary')
  const [port, metrics] = [String(await freePort()), await freePort()]
  const certificate = ['--tls-cert', 'cert.pem', '--tls-key', 'key.pem']
  const broker = project.start([
    'broker',
    '--host',
    '127.0.0.1',
    '--port',
    port,
    '--store',
    'store',
    '--token-file',
    'token',
    ...certificate,
  ])
  await broker.prints('--token-file token --tls-ca CA.pem MODULE')
  const server = `tls://127.0.0.1:${port}`
  const access = ['--group', 'images', '--token-file', 'token', '--tls-ca', 'cert.pem']
  const options = ['-n', '2', '--drain', '5s', '--metrics', `127.0.0.1:${metrics}`, '--allow-skew', '--allow-code']
  const worker = project.start(['worker', '--server', server, ...access, ...options, './tasks.mjs'])
  await worker.prints('/tasks.mjs')

  const run = await project.run(['tasks.mjs#pid', 'a', 'b', 'c', '--on', server, ...access])
  endedWith(run, 0)
  assert.equal(run.stdout.trim().split('\n').length, 3)
  const status = await project.start(['status', '--workers', '--server', server, ...access]).ended
  assert.match(status.stdout, /group images: 2 workers/)
  const doctor = await project.start(['doctor', '--server', server, ...access]).ended
  assert.match(doctor.stdout, /✔ broker +answers; group "images" has 2 workers/)
  const figures = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()
  assert.match(figures, /^manyhands_worker_slots 2$/m)

  const refused = await project.run([
    'tasks.mjs#pid',
    'a',
    '--on',
    server,
    '--token-file',
    'wrong',
    '--tls-ca',
    'cert.pem',
  ])
  endedWith(refused, 3)
  assert.match(refused.stderr, /refuses these credentials/)
  for (const { stdout, stderr } of [run, status, doctor, refused]) assert.doesNotMatch(stdout + stderr, /canary/)
  for (const flag of ['--creds', '--nkey']) {
    const missing = await project.run(['tasks.mjs#pid', 'a', '--on', server, flag, 'no-such-file'])
    endedWith(missing, 2)
    assert.match(missing.stderr, /no-such-file/)
  }

  worker.signal('SIGTERM')
  endedWith(await worker.ended, 0)
  broker.signal('SIGTERM')
  endedWith(await broker.ended, 0)
})

inProject('a broker and workers refuse unsafe settings', async (project) => {
  const open = await project.start(['broker', '--host', '0.0.0.0']).ended
  endedWith(open, 2)
  assert.match(open.stderr, /--token-file, or --tls-cert and --tls-key/)
  const seen = await project.start(['worker', '--server', 'nats://ann:secret@host', './tasks.mjs']).ended
  endedWith(seen, 2)
  assert.doesNotMatch(seen.stderr, /ann:secret/)
  const missing = await project.start(['worker', './no-such.mjs']).ended
  endedWith(missing, 3)
  assert.match(missing.stderr, /no-such\.mjs/)
  const none = await project.start(['broker'], { env: { PATH: project.folder } }).ended
  endedWith(none, 3)
  assert.match(none.stderr, /no nats-server on this machine: apt-get install/)
})
