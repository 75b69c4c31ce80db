import { type NodeSpec, streamsOf } from './define/node-spec.ts'
import { compile } from './graph/compile.ts'
import type { NodeCounts } from './graph/item-counts.ts'

/** A graph, ready to be drawn. */
export interface Picture {
  readonly nodes: readonly PictureNode[]
  /** From which node to which, by their numbers. */
  readonly edges: readonly (readonly [from: number, to: number])[]
}

export interface PictureNode {
  readonly name: string
  /** The counts of the latest run; empty before the first. */
  readonly counts: string
  readonly isSource: boolean
  readonly hasFailed: boolean
}

/** Prepares a graph to be drawn. `countsOf` returns the counts of the latest run. */
export function pictureOf(output: NodeSpec, countsOf: (spec: NodeSpec) => NodeCounts | undefined): Picture {
  const plan = compile([output])
  // Keys belong to their groups.
  const shown = plan.nodes.filter(({ kind }) => kind !== 'key')
  const nodes = shown.map((spec) => {
    const counts = countsOf(spec)
    return {
      name: plan.names.get(spec) as string,
      counts: counts === undefined ? '' : describeCounts(counts),
      isSource: spec.kind === 'source',
      hasFailed: (counts?.failed ?? 0) > 0,
    }
  })
  const edges = shown.flatMap((spec, to) =>
    streamsOf(spec).map(
      (from) => [shown.indexOf(from.kind === 'key' ? (streamsOf(from)[0] as NodeSpec) : from), to] as const,
    ),
  )
  return { nodes, edges }
}

function describeCounts({ done, failed, skipped }: NodeCounts): string {
  const all = done + failed + skipped
  const parts = [done === all ? `${done}` : `${done}/${all}`]
  if (failed > 0) parts.push(`${failed} failed`)
  if (skipped > 0) parts.push(`${skipped} not run`)
  return parts.join(', ')
}

/** A graph in the language of Mermaid. */
export function mermaid({ nodes, edges }: Picture): string {
  const lines = ['flowchart LR']
  nodes.forEach((node, i) => {
    const [open, close] = node.isSource ? ['([', '])'] : ['[', ']']
    lines.push(`  n${i}${open}"${labelOf(node)}"${close}${node.hasFailed ? ':::failed' : ''}`)
  })
  for (const [from, to] of edges) lines.push(`  n${from} --> n${to}`)
  if (nodes.some(({ hasFailed }) => hasFailed)) lines.push('  classDef failed stroke:#c00,color:#c00')
  return `${lines.join('\n')}\n`
}

function labelOf({ name, counts }: PictureNode): string {
  const label = escapedForMermaid(name)
  return counts === '' ? label : `${label}<br>${escapedForMermaid(counts)}`
}

function escapedForMermaid(text: string): string {
  return text.replaceAll('#', '#35;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('\n', ' ')
}

/** A graph in the language of Graphviz. */
export function dot({ nodes, edges }: Picture): string {
  const lines = ['digraph workflow {', '  rankdir=LR', '  node [shape=box]']
  nodes.forEach(({ name, counts, isSource, hasFailed }, i) => {
    const label = [name, counts].filter((one) => one !== '').map(escapedForDot)
    const style = `${isSource ? ' shape=ellipse' : ''}${hasFailed ? ' color="#cc0000" fontcolor="#cc0000"' : ''}`
    lines.push(`  n${i} [label="${label.join('\\n')}"${style}]`)
  })
  for (const [from, to] of edges) lines.push(`  n${from} -> n${to}`)
  return `${[...lines, '}'].join('\n')}\n`
}

function escapedForDot(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', ' ')
}
