// `npm run demo`: builds the package, lets its command compress every file of every `node_modules` in this checkout,
// on all cores, and shows what it found by type of file. `npm run demo -- <folder...>` takes other folders;
// `--on nats://127.0.0.1:4222` lets the workers of a broker do it (docs/cluster.md), as they were built.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, styleText } from 'node:util'

import { filesIn, nodeModulesIn } from './demo/files.mjs'
import { readRows } from './demo/rows.mjs'
import { typeTable } from './demo/type-table.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FOLDER = '.manyhands/demo'
const LIST = `${FOLDER}/files.jsonl`
const ROWS = `${FOLDER}/rows.jsonl`
const QUALITY = 6
/** Files that cannot be read count as failed, which is no failure of the demo. */
const FINE = [0, 1]
const SIGNALS = ['SIGINT', 'SIGTERM']

process.chdir(ROOT)
const hasColors = process.stdout.isTTY === true && !process.env.NO_COLOR
const paint = (look, text) => (hasColors ? styleText(look, text) : text)

const { values, positionals } = parseArgs({ options: { on: { type: 'string' } }, allowPositionals: true })
if (values.on === undefined) {
  const built = spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 'inherit', 'inherit'] })
  if (built.status !== 0) process.exit(3)
}

const folders = positionals.length > 0 ? positionals : nodeModulesIn('.')
const files = folders.flatMap((folder) => filesIn(folder))
mkdirSync(FOLDER, { recursive: true })
// A name may hold anything, even the end of a line: JSON keeps it apart.
writeFileSync(LIST, files.map((file) => `${JSON.stringify(file)}\n`).join(''))

const command = [
  ['run', 'examples/inspect-file.ts#inspectFile'],
  [`@${LIST}`, '-o', ROWS],
  ['--args', `[${QUALITY}]`, '--order', 'done', '--timeout', '1m', '--progress-interval', '2s'],
  ...(values.on === undefined ? [] : [['--on', values.on]]),
]
const typed = command.map((line) => line.join(' ').replace(/\[.*\]/, "'$&'")).join(' \\\n    ')
console.log(`${files.length.toLocaleString('en-US')} files in ${folders.join(', ')}`)
console.log(`${paint('dim', '$')} manyhands ${typed}`)

const status = await run([join('dist', 'cli', 'main.js'), ...command.flat()])
if (FINE.includes(status)) {
  const rows = await readRows(ROWS)
  const failed = files.length - rows.length
  console.log(`\n${typeTable(rows, process.stdout.columns ?? 100, paint)}`)
  if (failed > 0) console.log(paint('red', `  ${failed.toLocaleString('en-US')} failed, as said above`))
}
process.exitCode = FINE.includes(status) ? 0 : status

/** Runs the command as a terminal would: it has the signals and says how it ends. */
function run(args) {
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  // A Ctrl-C goes to the command too, which ends in its own way.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve) =>
    child.on('exit', (code, signal) => resolve(code ?? (SIGNALS.includes(signal) ? 130 : 3))),
  )
}
