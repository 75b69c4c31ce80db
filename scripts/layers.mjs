// The layers of src/, from the lowest up. `node scripts/layers.mjs` writes the lint's rules from this list
// (.oxlintrc.layers.json); `--check` changes nothing, and fails if they are old, if a folder has no layer or too many files, or if
// the table in ARCHITECTURE.md tells another order.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * A folder, or a file, below src/.
 *
 * @typedef {object} Layer
 * @property {string} name its path
 * @property {readonly string[]} [not] the layers before it that it may not import; without it and `only` it may import all
 * @property {readonly string[]} [only] all that it may import. `a/b/*` are the files of that folder, without its folders
 * @property {boolean} [anywhere] it runs in browsers, too: nothing of Node, nothing of a page. False: in browsers alone
 */

/** What both sides of a link know, whatever carries it. */
const CARRIES = ['errors', 'util', 'rows', 'wire', 'task', 'pool/backend']

/** Each layer may import those before it, never one after it. @type {readonly Layer[]} */
export const LAYERS = [
  { name: 'errors' },
  { name: 'util' },
  { name: 'view', only: [], anywhere: true },
  { name: 'page', only: ['view'], anywhere: true },
  { name: 'options' },
  { name: 'rows', only: ['errors', 'util'] },
  { name: 'files', only: ['errors', 'util', 'options', 'rows'] },
  { name: 'wire', not: ['options'] },
  { name: 'task' },
  { name: 'runtime', not: ['options'] },
  { name: 'observe', only: ['errors', 'util', 'task'] },
  { name: 'pool', not: ['options', 'runtime'] },
  { name: 'cache', not: ['runtime', 'pool'] },
  { name: 'logs', not: ['options', 'task', 'runtime', 'cache'] },
  { name: 'progress', only: ['errors', 'util', 'logs'] },
  { name: 'journal', not: ['runtime', 'cache', 'logs', 'progress'] },
  { name: 'report', only: ['errors', 'util', 'view', 'page', 'observe', 'journal'] },
  { name: 'dashboard', only: ['errors', 'util', 'view', 'page', 'report'] },
  { name: 'telemetry', only: ['errors', 'util', 'options', 'observe'] },
  { name: 'backends', only: [...CARRIES, 'runtime'] },
  { name: 'settings', not: ['wire', 'runtime', 'backends'] },
  { name: 'debug', only: ['errors', 'util', 'task'] },
  { name: 'run', not: ['runtime', 'backends'] },
  { name: 'map', not: ['runtime', 'logs', 'progress', 'backends'] },
  { name: 'calls', not: ['runtime', 'progress', 'backends', 'map'] },
  { name: 'queue', not: ['runtime', 'logs', 'progress', 'backends', 'map'] },
  { name: 'reduce', not: ['logs', 'progress', 'backends', 'calls', 'queue'] },
  { name: 'api', not: ['runtime', 'logs', 'progress', 'backends'] },
  { name: 'cluster', only: ['errors', 'util', 'options', 'task', 'pool', 'backends'] },
  { name: 'compose.ts', only: ['backends', 'pool'] },
  { name: 'nats.ts', only: ['backends', 'cluster'] },
  { name: 'pipeline', not: ['logs', 'progress', 'backends', 'calls', 'queue', 'cluster', 'nats.ts'] },
  {
    name: 'workflow',
    not: [
      'runtime',
      'logs',
      'progress',
      'backends',
      'map',
      'calls',
      'queue',
      'reduce',
      'api',
      'cluster',
      'nats.ts',
      'pipeline',
    ],
  },
  { name: 'index.ts', not: ['backends', 'cluster', 'nats.ts', 'pipeline', 'workflow'] },
  { name: 'testing', only: ['index.ts'] },
  { name: 'cli', not: ['testing'] },
]

/**
 * Folders inside of a layer for which more is forbidden than for the rest of it: `not` is added to what the layer may not
 * import, `only` stands instead of all that it may.
 *
 * @type {readonly Layer[]}
 */
export const ROOMS = [
  // All of `pool` that a backend imports.
  { name: 'pool/backend', only: ['errors', 'util', 'wire', 'task'] },
  // Told by the dispatcher what to do, and telling it what happens by ports of theirs.
  ...['functions', 'jobs', 'workers', 'outcomes'].map((room) => ({ name: `pool/${room}`, not: ['pool/scheduling'] })),
  { name: 'cache/store', only: ['errors', 'util', 'wire', 'task'] },
  { name: 'backends/serial', only: [...CARRIES, 'runtime', 'backends/*'] },
  { name: 'backends/threads', only: [...CARRIES, 'runtime', 'backends/*'] },
  { name: 'backends/processes', only: [...CARRIES, 'runtime', 'backends/*'] },
  { name: 'backends/nats', only: [...CARRIES, 'backends/*'] },
  // A thread of its own.
  { name: 'debug/controller', only: ['errors', 'util', 'task', 'debug/*'] },
  // Runs in a page, and is bundled for it.
  { name: 'page/browser', only: ['view', 'page/*'], anywhere: false },
  { name: 'page/live', only: ['view', 'page/*', 'page/sections', 'page/charts', 'page/browser'], anywhere: false },
  // Loaded by workers.
  { name: 'pipeline/runner', only: ['errors', 'util', 'wire', 'task', 'runtime', 'cache', 'pipeline/*'] },
  { name: 'reduce/worker', only: ['errors', 'util', 'wire', 'task', 'runtime'] },
  { name: 'workflow/chain', only: ['errors', 'util', 'wire', 'task', 'cache'] },
]

/** What only Node has, or only a browser. */
const NOT_ANYWHERE = ['Buffer', 'process', 'global', 'require', 'document', 'window', 'navigator', 'location']

/** The endings of source files. */
const SOURCES = ['.ts', '.tsx']

/** Levels of folders below src/, at most: the lint has rules for each. */
const DEPTH = 4
/** Source files in one folder, at most: more are a list that does not say what to read first. */
const FILES = 18

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const RULES = join(root, '.oxlintrc.layers.json')

/** Returns all that a layer may import beside itself. */
export function importsOf(layer) {
  if (layer.only !== undefined) return layer.only
  if (ROOMS.includes(layer)) return importsOf(LAYERS.find(({ name }) => layer.name.startsWith(`${name}/`)))
  const before = LAYERS.slice(0, LAYERS.indexOf(layer)).map(({ name }) => name)
  const unknown = (layer.not ?? []).filter((name) => !before.includes(name))
  if (unknown.length > 0) throw new Error(`${layer.name}: ${unknown.join(', ')} is not before it`)
  return before.filter((name) => layer.not?.includes(name) !== true)
}

/** Writes a target as a specifier in a file of the folder `from`, for the lint's patterns. */
function patternOf(target, from) {
  const path = posix.relative(from, target.replace(/\/\*$/, ''))
  const relative = path === '' ? '.' : path.startsWith('.') ? path : `./${path}`
  if (target.endsWith('/*')) return `${relative}/*.ts*`
  return target.endsWith('.ts') ? relative : `${relative}/**`
}

/** Makes the lint's overrides for a layer, one for each depth of folders. They refuse all imports that leave it but those it may have. */
function overridesOf(layer) {
  const isFile = layer.name.endsWith('.ts')
  const isOpen = ROOMS.includes(layer) && layer.only === undefined
  const own = isFile ? [''] : Array.from({ length: DEPTH + 1 - layer.name.split('/').length }, (_, i) => '/*'.repeat(i))
  return own.map((below) => {
    const folder = isFile ? '' : `${layer.name}${below}`
    const levels = (isOpen ? folder : below).split('/').length
    const leaving = isFile ? './**' : `${'../'.repeat(levels)}**`
    const allowed = importsOf(layer).map((target) => `!${patternOf(target, folder)}`)
    const refused = isOpen ? layer.not.map((target) => patternOf(target, folder)) : []
    const message = `src/${layer.name} may not import this: see scripts/layers.mjs.`
    const alien = layer.anywhere === undefined ? [] : ['node:*']
    return {
      files: isFile ? [`src/${layer.name}`] : SOURCES.map((ending) => `src/${folder}/*${ending}`),
      rules: {
        'no-restricted-imports': [
          'error',
          { patterns: [{ group: [leaving, ...alien, ...allowed, ...refused], message }] },
        ],
        ...(layer.anywhere !== undefined && {
          'no-restricted-globals': layer.anywhere ? ['error', ...NOT_ANYWHERE] : 'off',
        }),
      },
    }
  })
}

/** Returns the lint's rules as text. */
export function lintRules() {
  const overrides = [...LAYERS, ...ROOMS].flatMap(overridesOf)
  return `{\n  "overrides": [\n${overrides.map((override) => `    ${JSON.stringify(override)}`).join(',\n')}\n  ]\n}\n`
}

/** Returns the folders and files that the first column of ARCHITECTURE.md's table names, in its order. */
export function tableOf(architecture) {
  const rows = architecture.split('\n| `src/` |')[1]?.split('\n\n')[0]?.split('\n').slice(2) ?? []
  const names = rows.flatMap((row) => [...row.split('|')[1].matchAll(/`([^`]+)`/g)].map(([, name]) => name))
  return names.map((name) => name.replace(/\/.*$/, ''))
}

/** The number of source files in each folder of src/. */
function filesByFolder() {
  const counts = new Map()
  for (const path of readdirSync(join(root, 'src'), { recursive: true }))
    if (SOURCES.some((ending) => path.endsWith(ending))) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1)
  return counts
}

/** Returns what is wrong, in sentences. */
export function problems() {
  const found = []
  const names = LAYERS.map(({ name }) => name)
  for (const name of readdirSync(join(root, 'src')).filter((entry) => !entry.endsWith('.json')))
    if (!names.includes(name)) found.push(`src/${name} has no layer: add it to scripts/layers.mjs`)
  for (const path of readdirSync(join(root, 'src'), { recursive: true }))
    if (path.split(sep).length > DEPTH + 1) found.push(`src/${path} is deeper than ${DEPTH} folders`)
  for (const [folder, files] of filesByFolder())
    if (files > FILES) found.push(`src/${folder} has ${files} files: ${FILES} is the most, make rooms`)
  const table = tableOf(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'))
  if (table.join(' ') !== names.join(' '))
    found.push(`ARCHITECTURE.md's table has ${table.join(' ')}; scripts/layers.mjs has ${names.join(' ')}`)
  if (readFileSync(RULES, 'utf8') !== lintRules())
    found.push('.oxlintrc.layers.json is old: run node scripts/layers.mjs')
  return found
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--check')) writeFileSync(RULES, lintRules())
  const found = problems()
  for (const problem of found) console.error(problem)
  process.exitCode = found.length > 0 ? 1 : 0
}
