import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { ModuleLoadError } from '../../errors/worker-errors.ts'
import { displayName } from '../../task/capture/inspect/place.ts'
import { runsUnderTsx } from '../../task/capture/inspect/program-start.ts'
import { importerFrom, type Namespace } from './import-from.ts'

export interface ImportOptions {
  /** Set if the caller runs TypeScript through tsx. */
  readonly typescript?: 'tsx' | undefined
  /** The importing file, from which the specifier is resolved. */
  readonly from?: string
  readonly attributes?: Readonly<Record<string, string>> | undefined
}

const TYPESCRIPT = /\.(?:[cm]?tsx?|jsx)(?:[?#]|$)/

/**
 * Imports a module in a worker. TypeScript that the runtime cannot run goes through the project's tsx.
 *
 * @throws {ModuleLoadError} with the original error as its cause.
 */
export async function importModule(specifier: string, options: ImportOptions = {}): Promise<Namespace> {
  const { typescript, from = specifier, attributes } = options
  try {
    if (typescript === 'tsx' || runsUnderTsx() || (TYPESCRIPT.test(specifier) && !canTypescript())) {
      const { registerTsx } = await import('./tsx.ts')
      await registerTsx(from)
    }
    // Plain `import()` exists in every runtime. Only relative specifiers need more.
    if (from === specifier) return (await import(specifier)) as Namespace
    return await importerFrom(from)(specifier, attributes)
  } catch (error) {
    if (!needsCompiler(error)) throw await loadError(specifier, from, error)
    return await retry(specifier, from, error)
  }
}

async function retry(specifier: string, from: string, error: unknown): Promise<Namespace> {
  let namespace: Namespace | undefined
  try {
    const { importThroughTsx } = await import('./tsx.ts')
    namespace = await importThroughTsx(specifier, from)
  } catch (cause) {
    throw await loadError(specifier, from, cause)
  }
  if (namespace === undefined) throw withoutCompiler(specifier, error)
  return namespace
}

/** Returns true if the runtime, or a loader that the user gave it, may support TypeScript. */
function canTypescript(): boolean {
  const { typescript } = process.features as { typescript?: unknown }
  const options = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ')
  return Boolean(typescript) || /--(?:import|loader|experimental-loader|require)\b|-r\b/.test(options)
}

/** Tells TypeScript that Node cannot run by itself from all other errors. */
function needsCompiler(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: string }
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return /"\.(?:[cm]?tsx?|jsx)"/.test(message ?? '')
  return code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' || code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING'
}

function withoutCompiler(specifier: string, cause: unknown): ModuleLoadError {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const strips = major > 22 || (major === 22 && minor >= 18)
  const hint = strips
    ? 'install tsx in the project, or keep to syntax that can be erased'
    : 'install tsx in the project, or use Node 22.18 or later'
  const what = `cannot load ${displayName(specifier)}: Node ${process.versions.node} cannot run this TypeScript; ${hint}`
  return new ModuleLoadError(what, { module: specifier, cause })
}

async function loadError(specifier: string, from: string, cause: unknown): Promise<ModuleLoadError> {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  const place = await syntaxPlace(specifier, cause)
  const by = from === specifier ? '' : ` for ${displayName(from)}`
  return new ModuleLoadError(`cannot load ${displayName(specifier)}${by}: ${reason}${place}`, {
    module: specifier,
    cause,
  })
}

/** Finds the syntax error in a module, as ` (image.mjs:3:7)`; returns an empty text if that is not possible. */
async function syntaxPlace(specifier: string, error: unknown): Promise<string> {
  if (!(error instanceof SyntaxError)) return ''
  // For imports, Node puts the position above the error itself.
  const [, url, line] = /^(file:.*):(\d+)\n/.exec(error.stack ?? '') ?? []
  if (url !== undefined) return ` (${displayName(url)}:${line})`
  if (!/^file:.*\.[cm]?js$/.test(specifier)) return ''
  try {
    const { parse } = await import('acorn')
    parse(readFileSync(fileURLToPath(specifier), 'utf8'), {
      ecmaVersion: 'latest',
      sourceType: specifier.endsWith('.cjs') ? 'script' : 'module',
      allowHashBang: true,
    })
  } catch (found) {
    const { loc } = found as { loc?: { line: number; column: number } }
    if (loc !== undefined) return ` (${displayName(specifier)}:${loc.line}:${loc.column + 1})`
  }
  return ''
}
