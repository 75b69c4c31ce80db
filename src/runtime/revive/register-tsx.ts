import { createRequire } from 'node:module'

interface TsxApi {
  register(): unknown
}

const require = createRequire(import.meta.url)
let registered: Promise<boolean> | undefined

/** Lets this thread run TypeScript through the tsx of the project that a file belongs to. False where it has none. */
export async function registerTsx(url: string): Promise<boolean> {
  registered ??= register(url)
  const done = await registered
  // Another project may have it.
  if (!done) registered = undefined
  return done
}

async function register(url: string): Promise<boolean> {
  const resolver = createRequire(url.startsWith('file:') ? url : import.meta.url)
  const api = (name: string): TsxApi | undefined => {
    try {
      return require(resolver.resolve(name)) as TsxApi
    } catch {
      return undefined
    }
  }
  const esm = api('tsx/esm/api')
  if (esm === undefined) return false
  esm.register()
  api('tsx/cjs/api')?.register()
  return true
}
