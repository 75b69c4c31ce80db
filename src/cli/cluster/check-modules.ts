import { withPool } from '../../api/with-pool.ts'
import { ModuleLoadError } from '../../errors/worker-errors.ts'
import { tasksOf } from '../../task/tasks-of.ts'
import { usageError } from '../command-error.ts'
import { findTask } from '../module/find-task.ts'

/** No module has such an export: the error that asking for it gives lists the exports. */
const NONE = '(none)'
const LONGEST_MS = 60_000

/** A module that workers may run, and its exports that are functions. */
export interface CheckedModule {
  readonly url: URL
  readonly exports: readonly string[]
}

/**
 * Finds modules, and loads them once in a process of its own, as workers will. So errors in them are known at the start,
 * not when the first client comes.
 *
 * @throws {CommandError} for modules that do not exist.
 * @throws {ModuleLoadError} for modules that cannot be loaded.
 */
export async function checkModules(modules: readonly string[]): Promise<readonly CheckedModule[]> {
  const urls = await Promise.all(modules.map(find))
  // Modules must not see how this process reaches its broker.
  const env = { NATS_URL: '', NATS_CREDS: '' }
  return await withPool({ backend: 'processes', workers: 1, env, logs: 'off' }, async (pool) => {
    const checked: CheckedModule[] = []
    for (const url of urls) {
      const load = tasksOf<Record<string, () => void>>(url)[NONE] as () => void
      const error = await pool.map([0], load, { deadline: LONGEST_MS }).then(undefined, (thrown: unknown) => thrown)
      if (!(error instanceof ModuleLoadError) || error.exportName !== NONE) throw error
      checked.push({ url, exports: error.exports })
    }
    return checked
  })
}

async function find(module: string): Promise<URL> {
  const { url, exportName } = await findTask(module)
  if (exportName === 'default') return url
  throw usageError(`workers take modules, not exports: ${module.slice(0, module.lastIndexOf('#'))}`)
}
