import { parse } from 'acorn'

/** The texts in a module's code, without the first arguments of the calls of `titled`: those are titles. */
export function textsIn(code: string, titled: readonly string[]): string[] {
  const texts: string[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) visit(one)
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return
    const { type, value, callee, arguments: args } = node as Record<string, unknown>
    if (type === 'Literal' && typeof value === 'string') texts.push(value)
    else if (type === 'TemplateElement') texts.push((value as { cooked: string }).cooked)
    else if (type === 'CallExpression' && titled.includes((callee as { name?: string }).name ?? ''))
      visit((args as unknown[]).slice(1))
    else for (const child of Object.values(node)) visit(child)
  }
  visit(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }))
  return texts
}
