import { existsSync } from 'node:fs'

import { UnsupportedError } from '../errors/argument-errors.ts'
import { ownFile } from './own-package.ts'

/** A name that webpack, and bundlers that follow it, replace in every module of a bundle. */
// oxlint-disable-next-line no-underscore-dangle
declare const __webpack_require__: unknown

let areThere = false

/**
 * Fails if this package was copied into a bundle: workers load files of it, and the functions that are sent to them
 * mention it.
 *
 * @throws UnsupportedError: says which line each bundler needs
 */
export function requireOwnFiles(): void {
  if (areThere) return
  areThere = typeof __webpack_require__ === 'undefined' && existsSync(ownFile('backends/threads/thread-main'))
  if (areThere) return
  throw new UnsupportedError(
    'manyhands: expected its code in its own package, but a bundler has put it into a bundle. Workers load files of the ' +
      `package, so keep it out:\n${LINES.join('\n')}\n` +
      'and install it where the bundle runs (npm i manyhands). See docs/bundling.md.',
  )
}

/** The line for each bundler; docs/bundling.md has the same. */
export const LINES: readonly string[] = [
  "  esbuild:       external: ['manyhands']",
  '  rollup, Vite:  external: [/^manyhands/]',
  "  webpack:       externals: [/^manyhands/], externalsType: 'node-commonjs'",
  "  Next.js:       serverExternalPackages: ['manyhands']",
]
