import type { Backend } from './backend.ts'

export type BackendName = 'threads' | 'processes' | 'serial'

/** How the backends of this package are loaded, when they are needed. Filled by the composition root. */
let loaders: Readonly<Record<BackendName, () => Promise<Backend>>> | undefined
const loaded = new Map<BackendName, Promise<Backend>>()

export function provideBackends(from: Readonly<Record<BackendName, () => Promise<Backend>>>): void {
  loaders = from
}

/** The backend that an option names, or is. */
export function resolveBackend(choice: BackendName | Backend): Promise<Backend> {
  if (typeof choice !== 'string') return Promise.resolve(choice)
  let backend = loaded.get(choice)
  if (backend === undefined) {
    if (loaders === undefined) throw new Error('no backends were provided')
    loaded.set(choice, (backend = loaders[choice]()))
  }
  return backend
}
