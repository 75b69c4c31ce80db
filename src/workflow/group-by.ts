import { defineNode, type MakeSpec } from './define/define-node.ts'
import type { GatherOptions } from './define/node-options.ts'
import { makerOf } from './maker-of.ts'
import type { WorkflowNode } from './node.ts'
import type { Input } from './types.ts'

/** What items can be grouped by. */
export type GroupKey = string | number | bigint | boolean | null

/**
 * A function over groups of a stream's items, called with a key and the list of the items that have it, for each key in
 * the order in which it came first. As any item may belong to any group, one that failed fails all of them; with
 * `missing: 'skip'` they do without it.
 *
 * @throws {InvalidArgumentError} for what is no function, unknown options and wrong values.
 */
export function groupBy<T, K extends GroupKey, R>(
  key: (item: T) => K | Promise<K>,
  fn: (key: K, items: T[]) => R,
  options?: GatherOptions,
): (items: Input<T>) => WorkflowNode<Awaited<R>> {
  const make = defineNode('groupBy', fn, options)
  const { missing: _, ...rest } = options ?? {}
  const makeKeys = defineNode('key', key, rest)
  const makeBoth: MakeSpec = (items) => {
    const groups = make(items)
    const keys = { ...makeKeys(items), name: `key of ${groups.name}` }
    return { ...groups, args: [{ stream: keys }] }
  }
  return makerOf(makeBoth, key, fn)
}
