// Packages of Debian, for tests that need programs beside Node.
import { spawnSync } from 'node:child_process'

/** Runs apt-get. Returns whether it succeeded. `ms`: a mirror that does not answer must not hold the tests up for long. */
export function apt(args, { cwd, ms = 180_000 } = {}) {
  // A package that is installed would start a server of its own where there is a service manager.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const options = [
    '-qq',
    '-o',
    'Acquire::http::Timeout=20',
    '-o',
    'Acquire::https::Timeout=20',
    '-o',
    'Acquire::Retries=1',
  ]
  const stdio = ['ignore', 'ignore', 'inherit']
  return spawnSync('apt-get', [...options, ...args], { env, cwd, stdio, timeout: ms }).status === 0
}

/** True if this machine has apt-get, and may use it. */
export function canInstall() {
  return process.getuid?.() === 0 && has('apt-get', '--version')
}

/** True if this machine has a program. */
export function has(program, ...args) {
  return spawnSync(program, args, { stdio: 'ignore' }).error === undefined
}
