import { processWide } from '../../util/own-package.ts'
import type { NodeSpec } from './node-spec.ts'

const specs = processWide('workflow nodes', () => new WeakMap<object, NodeSpec>())

/** What a node handle stands for; undefined where a value is none. */
export function specOf(value: unknown): NodeSpec | undefined {
  return typeof value === 'object' || typeof value === 'function' ? specs.get(value as object) : undefined
}

export function setSpec(handle: object, spec: NodeSpec): void {
  specs.set(handle, spec)
}
