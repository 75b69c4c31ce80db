import { UnsupportedError } from '../../errors/argument-errors.ts'

/**
 * Loads a package that this one does not bring along. `what`: what it is needed for; `install`: all that is.
 *
 * @throws {UnsupportedError} if it is not installed.
 */
export async function loadPackage<T>(name: string, what: string, install: string = name): Promise<T> {
  try {
    return (await importPackage(name)) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new UnsupportedError(`${what} needs a package that is not installed: npm i ${install}`, { cause: error })
  }
}

/** Imports a package that may not be there: bundlers must not look for it when they bundle a program. */
export function importPackage(name: string): Promise<unknown> {
  return import(/* webpackIgnore: true */ name)
}
