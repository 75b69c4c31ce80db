import { InvalidArgumentError } from '../../errors/argument-errors.ts'
import type { Backend } from './backend.ts'

/** The names of this package's backends, the usual one first. */
export const BACKENDS = ['threads', 'processes', 'serial'] as const

/** The name of a backend of this package. */
export type BackendName = (typeof BACKENDS)[number]

/** Loaders of this package's backends, called when a backend is first needed. */
export type BackendLoaders = Readonly<Record<BackendName | 'serial-uncopied', () => Promise<Backend>>>

let loaders: BackendLoaders | undefined
const loaded = new Map<string, Promise<Backend>>()

/** Sets the loaders; called by the composition root. */
export function provideBackends(from: BackendLoaders): void {
  loaders = from
}

/**
 * Returns the backend that an option names, or is; loads it when it is first asked for. With `copy` false it passes
 * values as they are.
 *
 * @throws {InvalidArgumentError} for `copy` false with any but `'serial'`.
 */
export function resolveBackend(choice: BackendName | Backend, copy = true): Promise<Backend> {
  if (typeof choice !== 'string') return Promise.resolve(choice)
  if (!copy && choice !== 'serial')
    throw new InvalidArgumentError(
      'copy',
      "true with this backend, or backend: 'serial'",
      `false with backend: '${choice}'`,
    )
  const name = copy ? choice : 'serial-uncopied'
  let backend = loaded.get(name)
  if (backend === undefined) {
    if (loaders === undefined) throw new Error('no backends were provided')
    loaded.set(name, (backend = loaders[name]()))
  }
  return backend
}
