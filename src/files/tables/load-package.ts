import { UnsupportedError } from '../../errors/argument-errors.ts'

/**
 * Loads a package that this one does not bring along. `what`: what it is needed for; `install`: all that is.
 *
 * @throws {UnsupportedError} if it is not installed.
 */
export async function loadPackage<T>(load: () => Promise<unknown>, what: string, install: string): Promise<T> {
  try {
    return (await load()) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new UnsupportedError(`${what} needs a package that is not installed: npm i ${install}`, { cause: error })
  }
}
