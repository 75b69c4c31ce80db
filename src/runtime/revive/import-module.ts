import { ModuleLoadError } from '../../errors/module-load-error.ts'
import { displayName } from './display-name.ts'
import { importerFrom, type Namespace } from './import-from.ts'
import { registerTsx } from './register-tsx.ts'

export interface ImportOptions {
  /** The caller runs TypeScript through tsx. */
  readonly typescript?: 'tsx' | undefined
  /** The file that imports; the specifier counts from there. */
  readonly from?: string
  readonly attributes?: Readonly<Record<string, string>> | undefined
}

/** What Node says of TypeScript that it cannot run by itself. */
const NEEDS_COMPILER: ReadonlySet<unknown> = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
])

/**
 * Imports a module in a worker. TypeScript that the runtime cannot run goes through the project's tsx.
 *
 * @throws {ModuleLoadError} with what went wrong as its cause.
 */
export async function importModule(specifier: string, options: ImportOptions = {}): Promise<Namespace> {
  const { typescript, from = specifier, attributes } = options
  const load = importerFrom(from)
  try {
    if (typescript === 'tsx') await registerTsx(from)
    try {
      return await load(specifier, attributes)
    } catch (error) {
      if (!NEEDS_COMPILER.has(codeOf(error)) || !isTypeScript(specifier, error)) throw error
      if (!(await registerTsx(from))) throw withoutCompiler(specifier, error)
      return await load(specifier, attributes)
    }
  } catch (error) {
    if (error instanceof ModuleLoadError) throw error
    throw loadError(specifier, from, error)
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null | undefined)?.code
}

/** The file that cannot be run may be one that the module imports. */
function isTypeScript(specifier: string, error: unknown): boolean {
  return /\.[cm]?tsx?\b|jsx\b/.test(`${specifier} ${(error as Error).message}`)
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

function loadError(specifier: string, from: string, cause: unknown): ModuleLoadError {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  const by = from === specifier ? '' : ` for ${displayName(from)}`
  return new ModuleLoadError(`cannot load ${displayName(specifier)}${by}: ${reason}`, { module: specifier, cause })
}
