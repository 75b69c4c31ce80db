// The whole test command: a clean build, lint, formatting, types, and every suite; `npm test -- unit faults` runs
// only the named parts. Ends with one line, `N passed, N failed`, and exit code 1 where anything failed.
import { fork, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { installServer, newerServers } from './nats-servers.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const RUNTIMES = join(ROOT, '.ci', 'runtimes')
const TOOLS = {
  lint: ['oxlint/bin/oxlint'],
  format: ['oxfmt/bin/oxfmt', '--check', 'src', 'test', 'bench', 'examples', 'scripts'],
  types: ['typescript/bin/tsc', '-p', 'tsconfig.json'],
}
/** Suites by folder, and how many of their files run at once: those that watch the clock or memory run alone. */
const SUITES = { unit: 2, contract: 1, functions: 2, hosts: 2, properties: 2, faults: 1, e2e: 1, nats: 1 }
const OTHER_NODES = [22, 24, 26]
/** Tests of more than one machine. */
const NEEDS_SERVER = /test[\\/](nats[\\/]|contract[\\/]nats|e2e[\\/]cluster)/

/** Those of them that take minutes and in which nothing depends on the version of the server. */
const ALIKE_ON_ALL_SERVERS = /(partitions|clocks|commands)\.test\.js$/

let hasServer = true
const total = { passed: 0, failed: 0 }
const failures = []
const wanted = new Set(process.argv.slice(2))
const known = ['lint', 'format', ...Object.keys(SUITES), 'nodes']
for (const name of wanted) {
  if (known.includes(name)) continue
  console.error(`There is no part "${name}" of the tests; there are ${known.join(', ')}.`)
  process.exit(2)
}
const isWanted = (name) => wanted.size === 0 || wanted.has(name)

process.chdir(ROOT)
rmSync('build', { recursive: true, force: true })
rmSync('dist', { recursive: true, force: true })
if (count('build', runNode(['scripts/build.mjs'])) && count('types', runTool('types'))) {
  for (const name of ['lint', 'format']) if (isWanted(name)) count(name, runTool(name))
  hasServer = installServer()
  // Whoever asks for them shall not take silence for success.
  if (!hasServer && wanted.has('nats')) count('nats-server', false)
  if (isWanted('hosts') || isWanted('nodes')) count('other versions of Node', installRuntimes())
  for (const [name, concurrency] of Object.entries(SUITES)) {
    if (isWanted(name) && (hasServer || name !== 'nats')) await runSuite(name, process.execPath, concurrency)
  }
  if (isWanted('nats') && hasServer) await runOnNewerServers()
  if (isWanted('nodes')) {
    for (const version of OTHER_NODES) await runSuite('contract', nodeOf(version), SUITES.contract)
  }
}
for (const failure of failures) console.log(`\n${failure}`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 ? 1 : 0

/** Counts a step as one test. */
function count(name, passed) {
  console.log(`${passed ? '✔' : '✖'} ${name}`)
  total[passed ? 'passed' : 'failed']++
  if (!passed) failures.push(`✖ ${name}`)
  return passed
}

function runTool(name) {
  const [tool, ...args] = TOOLS[name]
  return runNode([join('node_modules', tool), ...args.filter((arg) => !isFolderName(arg) || existsSync(arg))])
}

function isFolderName(arg) {
  return /^[a-z]+$/.test(arg)
}

function runNode(args) {
  return spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

async function runSuite(name, node, concurrency) {
  const folder = join('build', 'test', name)
  const files = existsSync(folder) ? testsIn(folder) : []
  if (files.length === 0) return count(`${name}: no tests were found in ${folder}`, false)
  await runFiles(`${name} on Node ${versionOf(node)}`, files, { node, concurrency })
}

/** Beside the server of this machine, which all suites use. */
async function runOnNewerServers() {
  const suites = testsIn(join('build', 'test', 'nats')).filter((file) => !ALIKE_ON_ALL_SERVERS.test(file))
  const files = [join('build', 'test', 'contract', 'nats.test.js'), ...suites]
  for (const { name, folder } of newerServers()) {
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` }
    await runFiles(`nats with the ${name}`, files, { node: process.execPath, concurrency: SUITES.nats, env })
  }
}

async function runFiles(title, files, { node, concurrency, env = process.env }) {
  console.log(`\n▶▶ ${title}`)
  const runner = fork('scripts/run-tests.mjs', [String(concurrency), ...files], {
    execPath: node,
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let counts
  runner.on('message', (message) => (counts = message))
  const status = await new Promise((resolve) => runner.on('exit', resolve))
  if (counts === undefined || (status !== 0 && counts.failed === 0)) count(`${title}: ended with ${status}`, false)
  total.passed += counts?.passed ?? 0
  total.failed += counts?.failed ?? 0
  for (const { name: test, file, reason } of counts?.failures ?? []) {
    failures.push(`✖ ${title}: ${test} (${file})\n${firstLines(reason)}`)
  }
}

/** What fits in a log of which only the end is kept. */
function firstLines(text) {
  return text
    .split('\n', 12)
    .map((line) => `    ${line.slice(0, 300)}`)
    .join('\n')
}

function testsIn(folder) {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const tests = entries.filter((entry) => entry.endsWith('.test.js')).map((entry) => join(folder, entry))
  return hasServer ? tests : tests.filter((test) => !NEEDS_SERVER.test(test))
}

/** The other versions come as packages: binaries, without anything that an install script would fetch. */
function installRuntimes() {
  const have = join(RUNTIMES, 'node_modules', '.package-lock.json')
  const isUpToDate =
    existsSync(have) && OTHER_NODES.every((version) => existsSync(nodeOf(version)) && versionOf(nodeOf(version)) !== '')
  if (isUpToDate && packagesOf(have) === packagesOf(join(RUNTIMES, 'package-lock.json'))) return true
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  return spawnSync(npm, args, { cwd: RUNTIMES, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

function packagesOf(lockFile) {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'))
  return Object.entries(packages)
    .filter(([name]) => name !== '')
    .map(([name, { version }]) => `${name}@${version}`)
    .join()
}

function nodeOf(version) {
  return join(RUNTIMES, 'node_modules', `node-${version}`, 'bin', 'node')
}

function versionOf(node) {
  return spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout?.trim() ?? ''
}
