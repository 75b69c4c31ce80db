// Installs the packed package in empty projects with npm, pnpm and yarn (node_modules and Plug'n'Play), and runs a program and the
// command there: `npm run packed`. It needs the registry of npm, from which the other package managers come, too.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Versions that run on Node 20. */
const PNPM = 'pnpm@10.34.8'
const YARN = '@yarnpkg/cli-dist@4.18.1'
/** Milliseconds that one command may take. */
const LIMIT_MS = 300_000

const PROGRAM = `import { map } from 'manyhands'
import { pipeline } from 'manyhands/pipeline'
import { Cache } from 'manyhands/cache'

const by = 2
const twice = (x) => x * by
for (const backend of ['threads', 'processes', 'serial']) {
  const results = await map([1, 2, 3], twice, { backend, workers: 1 })
  if (results.join() !== '2,4,6') throw new Error(\`\${backend}: \${results}\`)
}
if (typeof pipeline !== 'function' || typeof Cache !== 'function') throw new Error('an entry has no exports')
`

const work = mkdtempSync(join(tmpdir(), 'manyhands-packed-'))
const root = fileURLToPath(new URL('..', import.meta.url))
let failed = 0

try {
  run(root, 'npm', ['pack', '--ignore-scripts', '--pack-destination', work])
  const tarball = join(
    work,
    readdirSync(work).find((name) => name.endsWith('.tgz')),
  )
  const npx = (tool, bin) => ['--yes', '--package', tool, '--', bin]
  attempt('npm', (folder) => {
    run(folder, 'npm', ['install', tarball, '--no-audit', '--no-fund'])
    runIn(folder, 'npm', ['exec', '--offline', '--'])
  })
  attempt('pnpm', (folder) => {
    const args = npx(PNPM, 'pnpm')
    run(folder, 'npx', [...args, 'add', tarball])
    runIn(folder, 'npx', [...args, 'exec'])
  })
  for (const linker of ['node-modules', 'pnp'])
    attempt(`yarn, ${linker}`, (folder) => {
      const args = npx(YARN, 'yarn')
      writeFileSync(
        join(folder, '.yarnrc.yml'),
        `nodeLinker: ${linker}\nenableTelemetry: false\nenableGlobalCache: false\n`,
      )
      writeFileSync(join(folder, 'yarn.lock'), '')
      run(folder, 'npx', [...args, 'add', `manyhands@file:${tarball}`])
      runIn(folder, 'npx', args)
    })
} finally {
  rmSync(work, { recursive: true, force: true })
}
process.exitCode = failed > 0 ? 1 : 0

function attempt(title, test) {
  const folder = join(work, title.replaceAll(/\W+/g, '-'))
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'package.json'),
    '{ "name": "empty", "version": "1.0.0", "private": true, "type": "module" }\n',
  )
  writeFileSync(join(folder, 'program.js'), PROGRAM)
  writeFileSync(join(folder, 'task.js'), 'export const half = (x) => x / 2\n')
  try {
    test(folder)
    console.log(`ok: ${title}`)
  } catch (error) {
    failed += 1
    console.error(`failed: ${title}\n${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`)
  }
}

/** Runs the program and the command in a project, by the package manager's way to run things. */
function runIn(folder, command, args) {
  run(folder, command, [...args, 'node', 'program.js'])
  const said = run(folder, command, [...args, 'manyhands', 'run', 'task.js#half', '4'])
  if (said.trim() !== '2') throw new Error(`manyhands run: expected 2, got ${said}`)
}

function run(cwd, command, args) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_(?!EXTRA_CA_CERTS))/.test(name)),
  )
  const options = {
    cwd,
    env,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  }
  return execFileSync(command, args, options)
}
