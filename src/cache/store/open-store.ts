import { join, resolve } from 'node:path'

import type { Limits } from './maintenance/prune.ts'
import { checkFolder } from './store-folder.ts'
import { Store } from './store.ts'

/** The version of the layout: stores of another one lie beside it, and are not looked at. */
const LAYOUT = 'v1'

/** The location of a store, and its limits: plain data that can be sent to a worker. */
export interface StoreLocation extends Limits {
  /** The folder that the user named. */
  readonly dir: string
}

const stores = new Map<string, Store>()

/**
 * The store of a folder: one for each thread, opened when it is first asked for. Nothing is written before a result is.
 * If it is asked for with several limits, the last ones hold.
 *
 * @throws {InvalidArgumentError} if the folder is a file or belongs to another user.
 */
export function openStore({ dir, maxBytes, maxAge }: StoreLocation): Store {
  const folder = resolve(dir)
  const root = join(folder, LAYOUT)
  let store = stores.get(folder)
  if (store === undefined) {
    checkFolder(folder, root)
    stores.set(folder, (store = new Store(folder, root, { maxBytes, maxAge })))
  } else if (maxBytes !== undefined || maxAge !== undefined)
    store.limits = { ...store.limits, ...defined({ maxBytes, maxAge }) }
  return store
}

function defined(limits: Limits): Limits {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
}
