import type { Picture, PictureNode } from './picture-of.ts'

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
  const label = escaped(name)
  return counts === '' ? label : `${label}<br>${escaped(counts)}`
}

function escaped(text: string): string {
  return text.replaceAll('#', '#35;').replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('\n', ' ')
}
