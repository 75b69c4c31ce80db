import { fileURLToPath } from 'node:url'

import { UnsupportedError } from '../../errors/argument-errors.ts'
import { ModuleLoadError, WorkerInitError } from '../../errors/worker-errors.ts'
import { messageOf } from '../../util/message-of.ts'
import { PACKAGE_ROOT } from '../../util/own-package.ts'
import { decode } from '../../wire/codec/decode.ts'
import type { LoadFailedFrame } from '../../wire/protocol/frames.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'

/** Node's message names the importing file. For the function itself that is a file of this package, so it is cut. */
const OWN_PATH = fileURLToPath(PACKAGE_ROOT).replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
const FROM_OURSELVES = new RegExp(` imported from ${OWN_PATH}\\S*`)

/** Makes the run's error for a function that a worker could not load. */
export function loadError(
  fn: PreparedFunction,
  frame: LoadFailedFrame,
): ModuleLoadError | WorkerInitError | UnsupportedError {
  const cause = decode(frame.error.value, frame.error.specials)
  const message = messageOf(cause).replace(FROM_OURSELVES, '')
  if (frame.phase === 'init') {
    const what = fn.load.role === 'init' ? `the pool's init "${fn.name}"` : `the stateful worker "${fn.name}"`
    return new WorkerInitError(`${what} could not be started: ${message}`, { cause })
  }
  if (hasCode(cause, 'MH_UNSUPPORTED')) return new UnsupportedError(message)
  if (isModuleLoadError(cause)) {
    const { module, exportName, exports } = cause
    return new ModuleLoadError(message, { module, exportName, exports, cause: cause.cause })
  }
  return new ModuleLoadError(`"${fn.name}" cannot be loaded: ${message}`, { module: fn.name, cause })
}

/** Recognises a `ModuleLoadError` that came over the wire: an `Error` with the fields of the class. */
function isModuleLoadError(error: unknown): error is ModuleLoadError {
  return hasCode(error, 'MH_MODULE_LOAD')
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === code
}
