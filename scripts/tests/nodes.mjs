// Other versions of Node, for the tests that need them: packages with their binaries, without anything that an install
// script would fetch.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { OTHER_NODES } from './plan.mjs'

const FOLDER = join('.ci', 'runtimes')

/** Returns whether all of them are there. */
export function installNodes() {
  const have = join(FOLDER, 'node_modules', '.package-lock.json')
  const isComplete = OTHER_NODES.every((version) => existsSync(nodeOf(version)) && versionOf(nodeOf(version)) !== '')
  if (existsSync(have) && isComplete && packagesOf(have) === packagesOf(join(FOLDER, 'package-lock.json'))) return true
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  return spawnSync(npm, args, { cwd: FOLDER, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

export function nodeOf(version) {
  return join(FOLDER, 'node_modules', `node-${version}`, 'bin', 'node')
}

export function versionOf(node) {
  return spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout?.trim() ?? ''
}

function packagesOf(lockFile) {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'))
  return Object.entries(packages)
    .filter(([name]) => name !== '')
    .map(([name, { version }]) => `${name}@${version}`)
    .join()
}
