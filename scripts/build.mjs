// Builds the package: the compiler's output goes to `build/src`, for the tests of inner parts, and from there the
// declarations to `dist`. The code in `dist` is bundled into few files, because to load two hundred small modules takes
// longer than most runs; only the contract suite stays as it is: its tasks must be modules of their own.
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'

import { build } from 'esbuild'

const COMPILER = 'node_modules/typescript/bin/tsc'

for (const folder of ['dist', 'build/src']) rmSync(folder, { recursive: true, force: true })
execFileSync(process.execPath, [COMPILER, '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
cpSync('build/src', 'dist', { recursive: true, filter: isShipped })

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
  entryPoints: [
    'src/index.ts',
    'src/pipeline/index.ts',
    'src/workflow/index.ts',
    'src/cache/index.ts',
    'src/files/index.ts',
    'src/nats.ts',
    'src/cli/main.ts',
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
    'src/cache/cached-function.ts',
    'src/task/task.ts',
    'src/debug/controller/main.ts',
    'src/files/tables/slice-thread.ts',
  ],
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  define: { WAY_TO_ROOT: '"../../"', 'import.meta.url': 'OWN_URL' },
  banner: { js: "const OWN_URL = require('node:url').pathToFileURL(__filename).href" },
})

/** Folders, declarations, and the contract suite. */
function isShipped(path) {
  return !path.includes('.') || path.endsWith('.d.ts') || (path.includes('testing') && !path.endsWith('.d.ts.map'))
}
