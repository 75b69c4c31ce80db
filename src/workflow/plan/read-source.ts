import { Cell } from '../chain/cell.ts'
import type { NodeSpec } from '../define/node-spec.ts'
import { isOneShot, openSource } from '../run/one-shot.ts'

/** The items of a source. What can be read only once is left for the run: its items are not known. */
export async function readSource(spec: NodeSpec): Promise<readonly (Cell | undefined)[]> {
  const { items } = spec
  if (items !== undefined && isOneShot(items)) return [undefined]
  const cells: Cell[] = []
  for await (const item of openSource(spec)) cells.push(Cell.of(item))
  return cells
}
