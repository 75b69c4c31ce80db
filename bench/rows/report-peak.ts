import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/**
 * Loaded before a program by `NODE_OPTIONS`: writes the peak memory of its process, in bytes, as it ends.
 *
 * The processes that it starts are not concerned: they do not inherit the variables.
 */
export const PEAK_FILE = 'MANYHANDS_BENCH_PEAK_FILE'
/** The value of `NODE_OPTIONS` before. */
export const NODE_OPTIONS_BEFORE = 'MANYHANDS_BENCH_NODE_OPTIONS'

const file = process.env[PEAK_FILE]
if (isMainThread && file !== undefined) {
  const before = process.env[NODE_OPTIONS_BEFORE]
  if (before === undefined) delete process.env['NODE_OPTIONS']
  else process.env['NODE_OPTIONS'] = before
  delete process.env[PEAK_FILE]
  delete process.env[NODE_OPTIONS_BEFORE]
  process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS * 1_024)))
}
