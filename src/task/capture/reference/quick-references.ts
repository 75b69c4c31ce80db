import { type Inspected, Inspector } from '../inspect/inspector.ts'
import { isEntryScript } from '../inspect/program-start.ts'
import type { ScriptInfo } from '../inspect/script-file.ts'
import { type Callable, knownReference, setReference, type Reference } from './known-references.ts'
import { moduleReference, type ModuleExports } from './module-reference.ts'
import { looksNative, nativeReference } from './native-reference.ts'
import { isPackage } from './package-entries.ts'

/** Matches a variable at the start of a line, or a very long line. */
const MODULE_STATE = /^(?:export\s+)?(?:let|var)\b|.{2000}/m

/** A function that is probably an export. */
interface Candidate {
  readonly fn: Callable
  readonly inspected: Inspected
  readonly info: ScriptInfo
  readonly source: string
}

/**
 * Returns references to functions, if all of them can be found without parsing a file. So the first run of a program
 * with exported functions need not load the parser.
 */
export async function quickReferences(functions: readonly Callable[]): Promise<Reference[] | undefined> {
  const inspector = await Inspector.open()
  try {
    const first = functions.map((fn) => knownReference(fn) ?? nativeOrCandidate(inspector, fn))
    if (!first.every((one) => one !== undefined)) return undefined
    const { init, parse } = await import('es-module-lexer')
    await init()
    const references = first.map((one) => ('kind' in one ? one : find(one, parse, () => inspector.loaded())))
    return references.every((one) => one !== undefined) ? references : undefined
  } finally {
    inspector.close()
  }
}

function nativeOrCandidate(inspector: Inspector, fn: Callable): Reference | Candidate | undefined {
  if (looksNative(fn)) return remembered(fn, nativeReference(fn))
  const inspected = inspector.inspect(fn)
  const info = inspector.script(fn, inspected)
  if (inspected.location === undefined || info === undefined || isEntryScript(info.url)) return undefined
  if (info.url.startsWith('node:')) return remembered(fn, nativeReference(fn, info.url))
  const source = inspector.source(inspected.location.scriptId)
  // If the module seems to have state, only the tree shows whether the function reads it.
  return !isPackage(info.url) && MODULE_STATE.test(source) ? undefined : { fn, inspected, info, source }
}

function find(
  candidate: Candidate,
  parse: typeof import('es-module-lexer').parse,
  loaded: () => Iterable<string>,
): Reference | undefined {
  const { fn, inspected, info, source } = candidate
  const exports = (): ModuleExports => {
    const direct = parse(source)[1].filter((one) => one.type === 'direct')
    return { names: direct.map(({ localName = '', name }) => ({ local: localName, name })), isDefault: false }
  }
  return remembered(fn, moduleReference(fn, inspected, info, exports, loaded))
}

function remembered(fn: Callable, reference: Reference | undefined): Reference | undefined {
  return reference && setReference(fn, reference)
}
