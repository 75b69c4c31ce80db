import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

import { ModuleLoadError } from '../../errors/worker-errors.ts'
import { displayName } from '../../task/capture/inspect/place.ts'
import type { Binding, SourceModule } from '../../wire/protocol/portable.ts'
import { importerFrom } from './import-from.ts'
import { resolveFrom } from './resolve-from.ts'

type ModuleBinding = Exclude<Binding, { from: 'function' | 'value' | 'import' }>

/** Returns the value of a name in the file that a function comes from. */
export function moduleBinding(binding: ModuleBinding, module: SourceModule, helper: (id: number) => unknown): unknown {
  switch (binding.from) {
    case 'meta':
      return importMeta(binding.url ?? module.url)
    case 'require':
      return createRequire(binding.url ?? module.url)
    case 'required':
      return required(binding, module, helper)
    case 'module':
      return ownModule(module)
    case 'dynamic-import':
      return importerFrom(module.url)
    case 'symbol':
      return Symbol.for(binding.key)
  }
}

function required(
  binding: Extract<Binding, { from: 'required' }>,
  module: SourceModule,
  helper: (id: number) => unknown,
): unknown {
  let value = load(binding.specifier, module)
  if (binding.helper !== undefined) {
    const wrap = helper(binding.helper.id) as (...args: unknown[]) => unknown
    value = wrap(value, ...binding.helper.rest)
  }
  for (const name of binding.path) value = Reflect.get(Object(value) as object, name)
  return value
}

function load(specifier: string, module: SourceModule): unknown {
  try {
    return createRequire(module.url)(specifier) as unknown
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message.split('\n')[0]}` : String(cause)
    const message = `cannot load ${specifier} for ${displayName(module.url)}: ${reason}`
    throw new ModuleLoadError(message, { module: specifier, cause })
  }
}

/** Loads the file again, as for a function by reference. */
function ownModule(module: SourceModule): unknown {
  const path = fileURLToPath(module.url)
  const require = createRequire(module.url)
  require(path)
  return require.cache[path]
}

/** Shows `capture`, in a task that sends functions itself, that an object stands for `import.meta`. */
const META = Symbol.for('manyhands.import.meta')

/** Makes `import.meta` of the file with this URL. */
function importMeta(url: string): object {
  const place = url.startsWith('file:') ? placeOf(fileURLToPath(url)) : {}
  const meta = { ...place, url, resolve: (specifier: string): string => resolveFrom(url, specifier) }
  return Object.defineProperty(Object.setPrototypeOf(meta, null) as object, META, { value: url })
}

function placeOf(filename: string): { dirname: string; filename: string } {
  return { dirname: dirname(filename), filename }
}
