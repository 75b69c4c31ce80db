import type { Picture } from './picture-of.ts'

/** A graph in the language of Graphviz. */
export function dot({ nodes, edges }: Picture): string {
  const lines = ['digraph workflow {', '  rankdir=LR', '  node [shape=box]']
  nodes.forEach(({ name, counts, isSource, hasFailed }, i) => {
    const label = [name, counts].filter((one) => one !== '').map(escaped)
    const style = `${isSource ? ' shape=ellipse' : ''}${hasFailed ? ' color="#cc0000" fontcolor="#cc0000"' : ''}`
    lines.push(`  n${i} [label="${label.join('\\n')}"${style}]`)
  })
  for (const [from, to] of edges) lines.push(`  n${from} -> n${to}`)
  return `${[...lines, '}'].join('\n')}\n`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', ' ')
}
