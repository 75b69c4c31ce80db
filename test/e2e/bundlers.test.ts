import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

import commonjs from '@rollup/plugin-commonjs'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import * as esbuild from 'esbuild'
import { type Plugin, rollup } from 'rollup'
import webpack from 'webpack'

import { LINES } from '#manyhands/util/own-files.js'

import { ROOT } from './support/package.js'
import { endedWith, inProject, type Project, usePackage, values } from './support/project.js'

interface Bundle {
  readonly format: 'esm' | 'cjs'
  /** The package is kept out of the bundle, by the line of docs/bundling.md. */
  readonly external: boolean
  readonly minify: boolean
}

type Bundler = (project: Project, file: string, bundle: Bundle) => Promise<unknown>

const BUNDLERS: Readonly<Record<string, Bundler>> = {
  esbuild: ({ folder }, file, { format, external, minify }) =>
    esbuild.build({
      absWorkingDir: folder,
      entryPoints: ['main.js'],
      outfile: file,
      bundle: true,
      platform: 'node',
      format,
      minify,
      sourcemap: true,
      external: external ? ['manyhands'] : [],
      logLevel: 'silent',
    }),
  rollup: async ({ folder }, file, { format, external }) => {
    const bundle = await rollup({
      input: join(folder, 'main.js'),
      external: [/^node:/, ...(external ? [/^manyhands/] : [])],
      // Its declarations hide from modules that it is a function.
      plugins: [(commonjs as unknown as () => Plugin)(), nodeResolve({ preferBuiltins: true })],
      onLog: () => {},
    })
    await bundle.write({ file: join(folder, file), format, sourcemap: true, inlineDynamicImports: true })
    await bundle.close()
  },
  webpack: ({ folder }, file, { format, external, minify }) => {
    const isModule = format === 'esm'
    const compiler = webpack({
      context: folder,
      entry: './main.js',
      target: 'node20',
      mode: minify ? 'production' : 'none',
      devtool: 'source-map',
      experiments: { outputModule: isModule },
      ...(external ? { externals: [/^manyhands/], externalsType: 'node-commonjs' as const } : {}),
      output: { path: folder, filename: file, module: isModule, ...(isModule ? { chunkFormat: 'module' } : {}) },
    })
    return new Promise<void>((resolve, reject) => {
      compiler.run((error, stats) => {
        const failure = error ?? (stats?.hasErrors() === true ? new Error(stats.toString('errors-only')) : undefined)
        compiler.close(() => (failure === undefined ? resolve() : reject(failure)))
      })
    })
  },
}

usePackage('bundled')

const RESULTS = {
  closure: [11, 12],
  inlined: [5, 10],
  imported: [3, 6],
  builtin: [join('a', 'b')],
  library: [0, 1],
  nested: [[11]],
  stateful: [2, 4],
  pipeline: [3, 6],
}

for (const [name, bundle] of Object.entries(BUNDLERS)) {
  for (const format of ['esm', 'cjs'] as const) {
    const file = format === 'esm' ? 'bundle.mjs' : 'bundle.cjs'
    // Rollup leaves this to other tools.
    for (const minify of name === 'rollup' ? [false] : [false, true]) {
      inProject(
        `functions travel from a bundle of ${name}, ${format}${minify ? ', minified' : ''}`,
        async (project) => {
          await bundle(project, file, { format, external: true, minify })
          const ended = await project.command(process.execPath, [file]).ended
          endedWith(ended, 0)
          assert.equal(ended.stderr, '')
          const all = values(ended.stdout) as { readonly thrown: readonly string[] }[]
          assert.equal(all.length, 2)
          for (const { thrown, ...results } of all) {
            assert.deepEqual(results, RESULTS)
            // The source map leads back to the file that was written.
            assert.equal(thrown[0], 'RangeError: thrown in a task')
            assert.match(thrown[1] ?? '', /main\.js:25:\d+/)
          }
        },
      )
    }

    inProject(`a bundle of ${name}, ${format}, with the package in it says which line is needed`, async (project) => {
      await bundle(project, file, { format, external: false, minify: false })
      const ended = await project.command(process.execPath, [file]).ended
      endedWith(ended, 1)
      assert.equal(ended.stdout, '')
      assert.match(ended.stderr, /^UnsupportedError: manyhands: .*a bundler has put it into a bundle/)
      for (const line of LINES) assert.ok(ended.stderr.includes(line), ended.stderr)
    })
  }
}

test('docs/bundling.md has the line for each bundler that the error names', async () => {
  const page = await readFile(join(ROOT, 'docs', 'bundling.md'), 'utf8')
  for (const line of LINES) {
    const [tool = '', setting = ''] = line.trim().split(/: {2,}/)
    assert.ok(page.includes(tool.split(',')[0] ?? ''), tool)
    assert.ok(page.includes(setting), setting)
  }
})
