// Bundles the client for NATS into one file of the package, with the licences of all that is in it. As a dependency, it would
// bring a package along that asks for a newer Node than the client itself needs, and npm warns of that.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { build } from 'esbuild'

/** What the library uses of each package. */
const USED = {
  '@nats-io/transport-node': ['connect', 'credsAuthenticator', 'nanos', 'nkeyAuthenticator'],
  '@nats-io/jetstream': ['jetstream', 'jetstreamManager'],
  '@nats-io/obj': ['Objm', 'setSha256Backend'],
}

/** Writes `dist/nats-client.cjs`, and the licences beside it. */
export async function bundleClient() {
  const lines = Object.entries(USED).map(([name, exports]) => `export { ${exports.join(', ')} } from '${name}'`)
  const { metafile } = await build({
    stdin: { contents: lines.join('\n'), resolveDir: '.' },
    outfile: 'dist/nats-client.cjs',
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    // As all other code of the package.
    inject: ['src/util/timers.ts'],
    metafile: true,
    logLevel: 'warning',
  })
  const folders = Object.keys(metafile.inputs).flatMap(
    (path) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  )
  const licences = [...new Set(folders)].toSorted().map(licenceOf)
  writeFileSync('dist/nats-client.LICENSES.txt', licences.join(`\n${'-'.repeat(80)}\n\n`))
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = ['LICENSE', 'LICENSE.txt', 'LICENSE.md'].map((one) => join(folder, one)).find((one) => existsSync(one))
  if (file === undefined) throw new Error(`${name} has no file with its licence`)
  return `${name} ${version} (${license})\n\n${readFileSync(file, 'utf8')}`
}
