import { createRequire } from 'node:module'

import { ModuleLoadError } from '../../errors/worker-errors.ts'
import { hiddenObject } from '../../task/capture/reference/hidden-objects.ts'
import { OWN_FILE } from '../../util/own-package.ts'
import type { PortableFunction } from '../../wire/protocol/portable.ts'

/** Returns a part of `globalThis` or of a Node built-in module. */
export function nativeAt(reference: Extract<PortableFunction, { kind: 'global' | 'builtin' }>): unknown {
  if (reference.kind === 'global')
    return hiddenObject(reference.path[0] ?? '') ?? follow(globalThis, reference.path, 'globalThis')
  const { module } = reference
  return follow(createRequire(OWN_FILE)(module), reference.path, module)
}

/**
 * Returns true if each name of a path is an own property of the object before: inherited properties lead to everything.
 */
export function isOwnPath(module: string, path: readonly string[]): boolean {
  let value: unknown = createRequire(OWN_FILE)(module)
  for (const name of path) {
    const holder = Object(value) as object
    if (!Object.hasOwn(holder, name)) return false
    value = Reflect.get(holder, name)
  }
  return path.length > 0
}

function follow(root: unknown, path: readonly string[], from: string): unknown {
  let value = root
  for (const name of path) {
    const holder = Object(value) as object
    if (!(name in holder))
      throw new ModuleLoadError(`this runtime has no ${path.join('.')} in ${from}`, {
        module: from,
        exportName: path.join('.'),
      })
    value = Reflect.get(holder, name)
  }
  return value
}
