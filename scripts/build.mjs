// Builds the package: the compiler's output goes to `build/src`, for the tests of inner parts. From there the declarations
// go to `dist`, one file for each entry. The code in `dist` is bundled into few files, because to load two hundred small
// modules takes longer than most runs; only the contract suite stays as it is: its tasks must be modules of their own.
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [{ build }, { bundleDeclarations }, { bundleClient }] = await Promise.all([
  import('esbuild'),
  import('./package/declarations.mjs'),
  import('./package/nats-client.mjs'),
  // Bundled below.
  import('preact-render-to-string'),
]).catch((error) => {
  console.error(`${error.message}\nThe development dependencies are older than this checkout: run npm ci.`)
  process.exit(1)
})

const COMPILER = 'node_modules/typescript/bin/tsc'
/** What `exports` of package.json names, without its extension. The contract suite is not bundled. */
const ENTRIES = [
  'index',
  'pipeline/index',
  'workflow/index',
  'cache/index',
  'files/index',
  'report/index',
  'telemetry/index',
  'nats',
]

for (const folder of ['dist', 'build/src']) rmSync(folder, { recursive: true, force: true })
execFileSync(process.execPath, [COMPILER, '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
for (const part of ['browser', 'live'])
  execFileSync(process.execPath, [COMPILER, '-p', `src/page/${part}/tsconfig.json`], { stdio: 'inherit' })
cpSync('build/src/testing', 'dist/testing', { recursive: true, filter: (path) => !path.includes('.d.ts') })
const declarations = bundleDeclarations('build/src', [...ENTRIES, 'testing/index'], 'dist')

const COMMON = {
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  logLevel: 'warning',
  // The global timers may be fakes of the program's tests.
  inject: ['src/util/timers.ts'],
}

await build({
  ...COMMON,
  entryPoints: [...ENTRIES, 'cli/main'].map((entry) => `src/${entry}.ts`),
  plugins: [
    { name: 'nats-client', setup: useBundledClient },
    { name: 'with preact', setup: bundlePreact },
  ],
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  format: 'esm',
  // All code but that of the entries lies in `dist/chunks`.
  define: { WAY_TO_ROOT: '"../"' },
})

// Each worker is one CommonJS file: it starts 10 ms sooner than from modules, which make Node set up their loader first.
await build({
  ...COMMON,
  entryPoints: [
    'src/backends/threads/thread-main.ts',
    'src/backends/processes/process-main.ts',
    'src/backends/processes/guarded-main.ts',
    'src/backends/processes/watchdog-main.ts',
    'src/pipeline/runner/make-runner.ts',
    'src/workflow/chain/make-chain.ts',
    'src/workflow/chain/make-cached-chain.ts',
    'src/workflow/chain/make-batched-step.ts',
    'src/reduce/worker/make-reducer.ts',
    'src/cache/cached-function.ts',
    'src/task/task.ts',
    'src/task/batched.ts',
    'src/debug/controller/main.ts',
    'src/files/tables/slice-thread.ts',
  ],
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  define: { WAY_TO_ROOT: '"../../"', 'import.meta.url': 'OWN_URL' },
  banner: { js: "const OWN_URL = require('node:url').pathToFileURL(__filename).href" },
})

// The scripts and the styles of reports and of the dashboard: they stand in each page.
for (const outdir of ['dist/page', 'build/src/page'])
  await build({
    entryPoints: {
      report: 'src/page/browser/main.ts',
      'report-style': 'src/page/style.css',
      live: 'src/page/live/main.tsx',
      'live-style': 'src/page/live/style.css',
    },
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
    logLevel: 'warning',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  })
cpSync('node_modules/preact/LICENSE', 'dist/page/LICENSE-preact')

await bundleClient()
await declarations

/** The entries load the client for brokers from this package: see `imports` of package.json. */
function useBundledClient({ onResolve }) {
  onResolve({ filter: /^@nats-io\// }, () => ({ path: '#nats-client', external: true }))
}

/** Takes into the bundle what makes reports into HTML: it is no dependency of those who install this package. */
function bundlePreact({ onResolve }) {
  onResolve({ filter: /^preact/ }, ({ path }) => ({ path: fileURLToPath(import.meta.resolve(path)) }))
}
