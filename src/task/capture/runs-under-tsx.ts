import type { SourceModule } from '../../wire/portable.ts'

const TYPESCRIPT = /\.[cm]?tsx?(?:\?|$)/

/** Tells whether this process runs TypeScript through tsx, so that workers have to do the same. */
export function runsUnderTsx(modules: readonly SourceModule[] = []): boolean {
  const options = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ')
  if (/(?:^|[\\/ =])tsx(?:[\\/ @]|$)/.test(options)) return true
  // Registered by the program itself: a map inside the running text is its mark, or that of --experimental-transform-types.
  const { typescript } = process.features as { typescript?: unknown }
  return typescript !== 'transform' && modules.some((one) => TYPESCRIPT.test(one.url) && one.sourceMap !== undefined)
}
