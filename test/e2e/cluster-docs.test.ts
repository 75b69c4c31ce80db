import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { ROOT } from './support/package.js'
import { endedWith, inProject, type Project, usePackage } from './support/project.js'

usePackage()

const page = readFileSync(join(ROOT, 'docs', 'cluster.md'), 'utf8')
const deploy = (name: string): string => readFileSync(join(ROOT, 'deploy', name), 'utf8')

/** What a server's configuration finds where it is used. */
const ENVIRONMENT = { MANYHANDS_TOKEN: 't0123', IMAGES_PASSWORD: 'p0123', POD_NAME: 'nats-0' }

/** Has the server itself check a configuration, with a certificate and stores of this folder. */
async function check(project: Project, text: string): Promise<void> {
  const version = execFileSync('nats-server', ['--version'], { encoding: 'utf8' })
  // Older ones do not know it.
  const known = /v2\.\d\./.test(version) ? text.replaceAll(/,? sync_interval: always/g, '') : text
  const here = known
    .replaceAll('/etc/nats/', `${project.folder}/`)
    .replaceAll(/"\/(?:var\/lib\/nats|data)/g, `"${project.folder}/store`)
  await project.write('nats-server.conf', here)
  const checked = project.command('nats-server', ['-t', '-c', 'nats-server.conf'], { env: ENVIRONMENT })
  endedWith(await checked.ended, 0)
}

inProject('docs/cluster.md: a server takes the configurations that it shows', async (project) => {
  const files = ['-keyout', join(project.folder, 'key.pem'), '-out', join(project.folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost']
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...subject], { stdio: 'ignore' })
  const blocks = [...page.matchAll(/^```nats\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
  assert.ok(blocks.length >= 3)
  for (const block of blocks) await check(project, block)
})

inProject('deploy: a server takes the configurations in the manifests', async (project) => {
  for (const name of ['compose.yaml', 'kubernetes/broker.yaml']) {
    const [, indented = ''] = /(?:content|nats-server\.conf): \|\n((?: +.*\n)+?)(?=\S|\n|---)/.exec(deploy(name)) ?? []
    assert.match(indented, /jetstream/)
    await check(project, indented.replaceAll('$$', '$'))
  }
})

inProject('docs and deploy: the flags that they use exist', async (project) => {
  const texts = [page, ...readdirSync(join(ROOT, 'deploy'), { recursive: true, encoding: 'utf8' }).flatMap(textAt)]
  for (const name of ['worker', 'broker', 'run', 'status', 'doctor']) {
    const { stdout: help } = await project.start([name, '--help']).ended
    const calls = texts.flatMap((text) => [
      ...text.matchAll(new RegExp(`(?:manyhands|main\\.js"?,?) "?${name}\\b(.*)`, 'g')),
    ])
    for (const [call, rest = ''] of calls)
      for (const flag of rest.replace(/`.*/, '').match(/--[a-z][a-z-]+/g) ?? [])
        assert.ok(help.includes(flag), `${call}: ${flag}`)
  }
})

function textAt(name: string): string[] {
  return name.includes('.') || name.endsWith('Dockerfile') ? [deploy(name)] : []
}

test('deploy: workers are given longer to end than they give their tasks', () => {
  const drain = Number(/"--drain", "(\d+)s"/.exec(deploy('Dockerfile'))?.[1])
  const grace = Number(/terminationGracePeriodSeconds: (\d+)/.exec(deploy('kubernetes/worker.yaml'))?.[1])
  assert.ok(grace > drain)
  const unit = deploy('systemd/manyhands-worker.service')
  assert.ok(Number(/TimeoutStopSec=(\d+)/.exec(unit)?.[1]) > Number(/--drain (\d+)s/.exec(unit)?.[1]))
})
