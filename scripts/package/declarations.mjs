// Bundles the declarations of the package: one file for each entry, and one with what several of them tell of. Only what
// an entry exports, or what that mentions, is in them; doc comments are kept.
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

/** The file of declarations that several entries need. */
const SHARED = 'types'
/**
 * What programs need not have: `Symbol.asyncDispose` is in none of the libraries that compilers load by themselves, and
 * the classes come from `@types/node` or the library `dom`, whose declarations are merged with these.
 */
const BANNER = `/// <reference lib="esnext.disposable" />
declare global {
  interface AbortSignal {}
  interface URL {}
}`

/** Bundles the declarations of these entries, `from` one folder `to` another. */
export async function bundleDeclarations(from, entries, to) {
  const bundle = await rollup({
    input: Object.fromEntries(entries.map((entry) => [entry, `${from}/${entry}.d.ts`])),
    external: /^node:/,
    plugins: [dts()],
    onLog: refuse,
  })
  await bundle.write({
    dir: to,
    format: 'es',
    banner: BANNER,
    entryFileNames: '[name].d.ts',
    chunkFileNames: `${SHARED}.d.ts`,
    minifyInternalExports: false,
    manualChunks: (id, { getModuleInfo }) => (isShared(id, getModuleInfo) ? SHARED : undefined),
  })
  await bundle.close()
}

/** True for modules that more than one entry leads to, unless they are an entry. */
function isShared(id, infoOf) {
  return !infoOf(id).isEntry && entriesAbove(id, infoOf, new Set()).size > 1
}

function entriesAbove(id, infoOf, seen) {
  const entries = new Set()
  const waiting = [id]
  for (const one of waiting) {
    if (seen.has(one)) continue
    seen.add(one)
    const { isEntry, importers } = infoOf(one)
    if (isEntry) entries.add(one)
    waiting.push(...importers)
  }
  return entries
}

/** Types that only other types mention need no name that users can import. */
function refuse(level, log) {
  if (level === 'debug' || level === 'info' || log.message.includes('private shared type exports')) return
  throw new Error(`declarations: ${log.message}`)
}
