import { types } from 'node:util'

import { Unsendable } from '../../../wire/codec/unsendable.ts'
import type { Callable } from '../reference/known-references.ts'
import type { Capture } from './capturing.ts'
import type { GraphDraft } from './graph-draft.ts'

/**
 * Refuses weak collections that would lose something. They are sent empty: objects made in a worker are not their keys
 * yet, and those of this thread are unknown there, except for objects and functions that are sent, too.
 *
 * Compilers keep private members of classes in such collections.
 */
export function refuseWeakEntries({ graph, inspector }: Capture): void {
  let sent: ReadonlySet<unknown> | undefined
  for (const collection of graph.ofClasses) {
    const keys = inspector.weakKeys(collection)
    if (keys.length === 0) continue
    sent ??= objectsIn(graph)
    const key = keys.find((one) => sent?.has(one) || graph.idOf(one as Callable) !== undefined)
    if (key !== undefined)
      throw new Unsendable(
        collection,
        `is a ${types.isWeakMap(collection) ? 'WeakMap' : 'WeakSet'} whose keys are sent, too; use a Map`,
      )
  }
}

function objectsIn({ values }: GraphDraft): Set<unknown> {
  const found = new Set<unknown>()
  const open: unknown[] = [values]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || found.has(value)) continue
    found.add(value)
    if (types.isMap(value)) open.push(...value.keys(), ...value.values())
    else if (types.isSet(value)) open.push(...value)
    for (const { value: member } of Object.values(Object.getOwnPropertyDescriptors(value))) open.push(member)
  }
  return found
}
