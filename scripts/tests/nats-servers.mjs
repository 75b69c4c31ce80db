// Servers for the tests of more than one machine: what this machine has, and newer ones of its distribution.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

import { apt, canInstall, has } from './apt.mjs'

/** Suites of Debian whose servers are newer than those of the one before. */
const NEWER_SUITES = ['trixie', 'sid']
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'manyhands-nats-servers')

/** The machine's own, or Debian's package, where it may be installed; and what makes networks of machines. */
export function installServer() {
  const missing = [
    ...(has('nats-server', '--version') ? [] : ['nats-server']),
    ...(process.platform !== 'linux' || has('ip', '-V') ? [] : ['iproute2']),
  ]
  if (missing.length > 0 && canInstall()) {
    apt(['update'])
    apt(['install', '-y', '--no-install-recommends', ...missing])
  }
  if (has('nats-server', '--version')) return true
  console.error('There is no nats-server on this machine: apt-get install nats-server, or brew install nats-server.')
  console.error('Until there is one the tests of more than one machine are left out.')
  return false
}

/** Newer servers, unpacked beside the system: `{ name, folder }` for each, to be put in front of PATH. */
export function newerServers() {
  const servers = NEWER_SUITES.map((suite) => {
    const folder = serverOf(suite)
    if (folder === undefined) console.log(`· no nats-server of Debian ${suite} can be had here: it is left out`)
    return { name: `nats-server of ${suite}`, folder }
  })
  return servers.filter(({ folder }) => folder !== undefined)
}

function serverOf(suite) {
  const home = join(CACHE, suite)
  if (!existsSync(home)) download(suite, home)
  return ['usr/sbin', 'usr/bin'].map((path) => join(home, path)).find((path) => has(join(path, 'nats-server'), '-v'))
}

/** By apt, from the mirror that this machine uses, with lists and a cache of its own; nothing is installed. */
function download(suite, home) {
  const mirror = mirrorOf()
  if (mirror === undefined) return
  const work = join(CACHE, `.${suite}-${process.pid}`)
  for (const folder of ['lists/partial', 'cache/archives/partial', 'none', 'tree'])
    mkdirSync(join(work, folder), { recursive: true })
  writeFileSync(join(work, 'sources.list'), `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`)
  const settings = {
    'Dir::Etc::sourcelist': join(work, 'sources.list'),
    'Dir::Etc::sourceparts': join(work, 'none'),
    'Dir::State::lists': join(work, 'lists'),
    'Dir::Cache': join(work, 'cache'),
    // Without a user of its own apt can write where this user can.
    'APT::Sandbox::User': 'root',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  try {
    if (!apt([...options, 'update'], { cwd: work }) || !apt([...options, 'download', 'nats-server'], { cwd: work }))
      return
    const file = readdirSync(work).find((name) => name.endsWith('.deb'))
    if (file === undefined || spawnSync('dpkg-deb', ['-x', join(work, file), join(work, 'tree')]).status !== 0) return
    renameSync(join(work, 'tree'), home)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Where this machine gets Debian's packages from; undefined where it is no Debian. */
function mirrorOf() {
  if (!existsSync('/etc/os-release') || !existsSync(KEYRING) || !has('apt-get', '--version')) return undefined
  const suite = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)'
  const { stdout } = spawnSync('apt-get', ['indextargets', '--format', format], { encoding: 'utf8' })
  const lines = stdout.split('\n').map((line) => line.split(' '))
  return lines.find(([, release, component]) => release === suite && component === 'main')?.[0]
}
