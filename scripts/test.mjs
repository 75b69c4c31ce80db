// `npm test`: a clean build, types, lint, formatting and all suites on this Node. `npm run test:all` (`--all`): other
// versions of Node, newer NATS servers and more rounds, too. `npm test -- unit faults`: only these parts.
// `npm run test:all -- --rest`: without what `npm test` has just run, whose counts are added.
// Ends with one line, `N passed, N failed`, and exit code 1 if anything failed.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { installBrowser } from './tests/chromium.mjs'
import { installServer, newerServers } from './tests/nats-servers.mjs'
import { installNodes, nodeOf, versionOf } from './tests/nodes.mjs'
import {
  EXTRAS,
  filesForNodes,
  filesForServers,
  filesInRounds,
  filesOf,
  filesWithNodes,
  inOrder,
  NEEDS_SERVER,
  OTHER_NODES,
  SUITES,
} from './tests/plan.mjs'
import { runFiles } from './tests/run-files.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TYPES = ['typescript/bin/tsc', '-p', 'tsconfig.json']
const TOOLS = {
  lint: ['oxlint/bin/oxlint'],
  format: ['oxfmt/bin/oxfmt', '--check', 'src', 'test', 'bench', 'examples', 'scripts'],
  unused: ['knip/bin/knip.js'],
}
/** What `npm test` counted, for a `--rest` after it. */
const COUNTS = join('build', 'test-counts.json')

const args = process.argv.slice(2)
const isAll = args.includes('--all')
const isRest = args.includes('--rest')
const named = new Set(args.filter((arg) => !arg.startsWith('--')))
const parts = [...Object.keys(TOOLS), ...SUITES, ...EXTRAS]
for (const name of named) {
  if (parts.includes(name)) continue
  console.error(`There is no part "${name}" of the tests; there are ${parts.join(', ')}.`)
  process.exit(2)
}
const isWanted = (part) => (named.size > 0 ? named.has(part) : EXTRAS.includes(part) ? isAll : !isRest)

process.chdir(ROOT)
const total = { passed: 0, failed: 0 }
const failures = []
const startedAt = performance.now()

if (isRest ? addCounts() : buildAnew()) {
  await Promise.all(Object.keys(TOOLS).filter(isWanted).map(runTool))
  const hasServer = installServer()
  // A part that was asked for must not pass in silence.
  if (!hasServer && named.has('nats')) count('nats-server', false)
  // What needs one says so, and fails.
  if (isWanted('pages')) installBrowser()
  const canRun = (file) => hasServer || !NEEDS_SERVER.test(file)
  const suites = SUITES.filter(isWanted).flatMap(filesOf).filter(canRun)
  if (suites.length > 0) await run(`Node ${process.versions.node}`, inOrder(suites))
  if (isWanted('rounds')) await run('with all rounds', inOrder(filesInRounds()), { env: { TEST_THOROUGH: '1' } })
  if (isWanted('nodes')) await runOnOtherNodes(canRun)
  if (isWanted('servers') && hasServer) await runWithNewerServers()
}
const isWhole = named.size === 0 && !isAll
if (isWhole && existsSync('build')) writeFileSync(COUNTS, JSON.stringify({ total, failures }))
for (const failure of failures) console.log(`\n${failure}`)
console.log(`${Math.round((performance.now() - startedAt) / 1_000)} s`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 ? 1 : 0

function buildAnew() {
  rmSync('build', { recursive: true, force: true })
  rmSync('dist', { recursive: true, force: true })
  return count('build', runNode(['scripts/build.mjs'])) && count('types', runNode(toolArgs(TYPES)))
}

/** What `npm test` has counted just now. It has built, too. */
function addCounts() {
  if (!existsSync(COUNTS)) return count(`npm test, before --rest: there is no ${COUNTS}`, false)
  const before = JSON.parse(readFileSync(COUNTS, 'utf8'))
  total.passed += before.total.passed
  total.failed += before.total.failed
  failures.push(...before.failures)
  return existsSync('dist')
}

async function runOnOtherNodes(canRun) {
  if (!count('other versions of Node', installNodes())) return
  await run('hosts that start other versions of Node', filesWithNodes())
  for (const version of OTHER_NODES) {
    const node = nodeOf(version)
    await run(`contract on Node ${versionOf(node)}`, inOrder(filesForNodes().filter(canRun)), { node })
  }
}

/** Beside the server of this machine, which all suites use. */
async function runWithNewerServers() {
  for (const { name, folder } of newerServers()) {
    const env = { PATH: `${folder}${delimiter}${process.env.PATH}` }
    await run(`nats with the ${name}`, inOrder(filesForServers()), { env })
  }
}

async function run(title, files, options) {
  console.log(`\n▶▶ ${title}`)
  const { passed, failures: failed } = await runFiles(files, options)
  total.passed += passed
  total.failed += failed.length
  for (const { file, name, reason } of failed) failures.push(`✖ ${title}: ${name} (${file})\n${firstLines(reason)}`)
}

/** Counts a step as one test. */
function count(name, passed) {
  console.log(`${passed ? '✔' : '✖'} ${name}`)
  total[passed ? 'passed' : 'failed']++
  if (!passed) failures.push(`✖ ${name}`)
  return passed
}

/** Runs a tool beside others: it prints when it is done. */
async function runTool(name) {
  const child = spawn(process.execPath, toolArgs(TOOLS[name]), { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (!count(name, code === 0)) console.log(output)
}

function toolArgs([tool, ...rest]) {
  // Not all folders are there in every copy of the repository.
  return [join('node_modules', tool), ...rest.filter((arg) => !/^[a-z]+$/.test(arg) || existsSync(arg))]
}

function runNode(nodeArgs) {
  return spawnSync(process.execPath, nodeArgs, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

/** What fits in a log of which only the end is kept. */
function firstLines(text) {
  return text
    .split('\n', 12)
    .map((line) => `    ${line.slice(0, 300)}`)
    .join('\n')
}
