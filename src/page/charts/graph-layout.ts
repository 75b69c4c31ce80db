export const NODE_WIDTH = 208
export const NODE_HEIGHT = 60
const GAP_X = 48
const GAP_Y = 18
/** The height of an edge that passes a column. */
const PASSING = 8

export type Point = readonly [x: number, y: number]
export type Edges = readonly (readonly [from: number, to: number])[]

export interface Layout {
  /** The upper left corner of each node. */
  readonly boxes: readonly Point[]
  /** The points of each edge, from its node to the other. An edge that leads nowhere is left out. */
  readonly routes: readonly (readonly [Point, ...Point[]])[]
  readonly width: number
  readonly height: number
}

/** Something that takes room in a column: a node, or an edge that passes it. */
interface Part {
  readonly column: number
  readonly height: number
  /** Parts of the columns before that lead to it. */
  readonly before: Part[]
  /** Where it stands if nothing says more. */
  readonly wish: number
  y: number
}

/** Gives each node a column, right of those whose results it takes, and each edge a way around the nodes between. */
export function layout(size: number, edges: Edges): Layout {
  const columns = columnsOf(size, edges)
  const part = (column: number, height: number, wish: number, before: Part[]): Part => {
    const made = { column, height, wish, before, y: 0 }
    parts.push(made)
    return made
  }
  const parts: Part[] = []
  const nodes = columns.map((column, node) => part(column, NODE_HEIGHT, node / size, []))
  const ways = edges.flatMap(([from, to]) => {
    const [source, target] = [nodes[from], nodes[to]]
    if (source === undefined || target === undefined || source.column >= target.column) return []
    const passed: Part[] = []
    for (let column = source.column + 1; column < target.column; column++)
      passed.push(part(column, PASSING, source.wish, [passed.at(-1) ?? source]))
    target.before.push(passed.at(-1) ?? source)
    return [{ source, passed, target }]
  })
  const count = 1 + Math.max(0, ...columns)
  const heights = Array.from({ length: count }, (_, column) => stack(parts.filter((one) => one.column === column)))
  const x = (column: number): number => column * (NODE_WIDTH + GAP_X)
  const middle = ({ y, height }: Part): number => y + height / 2
  return {
    boxes: nodes.map((node) => [x(node.column), node.y]),
    routes: ways.map(({ source, passed, target }) => [
      [x(source.column) + NODE_WIDTH, middle(source)],
      ...passed.flatMap((one): Point[] => [
        [x(one.column), middle(one)],
        [x(one.column) + NODE_WIDTH, middle(one)],
      ]),
      [x(target.column) - 5, middle(target)],
    ]),
    width: x(count) - GAP_X,
    height: Math.max(...heights),
  }
}

/** Puts the parts of a column one below the other, each near to what leads to it. Returns the height of all. */
function stack(parts: readonly Part[]): number {
  const wanted = ({ before, wish }: Part): number =>
    before.length === 0 ? wish : before.reduce((sum, { y, height }) => sum + y + height / 2, 0) / before.length
  const sorted = parts.map((part) => ({ part, y: wanted(part) })).toSorted((a, b) => a.y - b.y)
  let y = 0
  for (const { part } of sorted) {
    part.y = y
    y += part.height + GAP_Y
  }
  return y - GAP_Y
}

function columnsOf(size: number, edges: Edges): number[] {
  const columns = new Array<number>(size).fill(0)
  // A log may hold edges that lead around: after as many rounds as there are nodes all others are settled.
  for (let round = 0; round < size; round++)
    for (const [from, to] of edges)
      if (from !== to) columns[to] = Math.min(size - 1, Math.max(columns[to] ?? 0, (columns[from] ?? 0) + 1))
  // Numbers of columns that no node has, as behind edges that lead around, are taken out.
  const used = [...new Set(columns)].toSorted((a, b) => a - b)
  return columns.map((column) => used.indexOf(column))
}
