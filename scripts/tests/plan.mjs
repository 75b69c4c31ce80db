// What `npm test` runs, and what only `npm run test:all` does.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Suites of `npm test`: folders of test/. */
export const SUITES = [
  'unit',
  'contract',
  'functions',
  'hosts',
  'properties',
  'faults',
  'e2e',
  'coming-from',
  'pages',
  'nats',
]

/**
 * Parts of `npm run test:all` alone: many rounds of what makes some in `npm test`, other versions of Node, and newer
 * NATS servers.
 */
export const EXTRAS = ['rounds', 'nodes', 'servers']

/** Other versions of Node; they are installed as packages, see .ci/runtimes. */
export const OTHER_NODES = [22, 24, 26]

/** Tests that need a NATS server. */
export const NEEDS_SERVER = /test[\\/](nats[\\/]|contract[\\/]nats|e2e[\\/]cluster|coming-from[\\/]papyros-cluster)/

/** Tests that need other versions of Node: part of "nodes". */
const NEEDS_NODES = /test[\\/]hosts[\\/]native-typescript/

/** Tests that make more rounds when TEST_THOROUGH is set: see test/support/thorough.ts. */
const IN_ROUNDS =
  /test[\\/](properties[\\/]|e2e[\\/](moments|rows-killed)|functions[\\/]memory|unit[\\/](capture[\\/]memory|cache[\\/](torture|calls)))/

/** Tests of `nats` in which nothing depends on the version of the server, and that take long. */
const ALIKE_ON_ALL_SERVERS = /(partitions|clocks|commands)\.test\.js$/

/** The longest files, longest first: they are started before all others, so that none of them ends alone. */
const LONGEST = [
  'nats/partitions',
  'faults/processes',
  'faults/threads',
  'faults/serial',
  'contract/nats',
  'contract/nats-allowed',
  'e2e/printing',
  'nats/access',
  'e2e/resume',
  'functions/memory',
  'hosts/vitest',
  'hosts/jest',
  'nats/clients',
  'e2e/moments',
  'e2e/rows-killed',
  'properties/rows-processes',
  'nats/clocks',
  'properties/frames',
  'contract/processes',
  'e2e/flags',
  'e2e/workflows',
  'e2e/inputs-formats',
  'nats/losses',
  'e2e/library',
  'e2e/cache',
]

/** Tests that a machine without a free core can fail: they run alone. */
const ALONE = /test[\\/]unit[\\/]pipeline[\\/]retries-and-timeouts/

/** The files of a suite, as compiled. */
export function filesOf(suite) {
  return filesIn(suite).filter((file) => !NEEDS_NODES.test(file))
}

export function filesInRounds() {
  return SUITES.flatMap(filesIn).filter((file) => IN_ROUNDS.test(file))
}

/** What runs on other versions of Node. */
export function filesForNodes() {
  return filesIn('contract')
}

/** What runs on this Node and starts others. */
export function filesWithNodes() {
  return filesIn('hosts').filter((file) => NEEDS_NODES.test(file))
}

/** What runs with other NATS servers. */
export function filesForServers() {
  return [...filesIn('contract'), ...filesIn('nats')].filter(
    (file) => NEEDS_SERVER.test(file) && !ALIKE_ON_ALL_SERVERS.test(file),
  )
}

export function runsAlone(file) {
  return ALONE.test(file)
}

/** The longest first. */
export function inOrder(files) {
  const rank = (file) => {
    const at = LONGEST.findIndex((name) => file.endsWith(join('test', `${name}.test.js`)))
    return at < 0 ? LONGEST.length : at
  }
  return files.toSorted((a, b) => rank(a) - rank(b))
}

function filesIn(suite) {
  const folder = join('build', 'test', suite)
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return entries
    .filter((entry) => entry.endsWith('.test.js'))
    .map((entry) => join(folder, entry))
    .toSorted()
}
