import type { Command } from 'commander'

import type { CacheFlags, PruneFlags } from './commands/cache.ts'
import { addCommonOptions } from './flags/common-flags.ts'
import { addRunOptions, type RunFlags } from './flags/run-flags.ts'
import { parseDuration, parseSize } from './flags/values.ts'

/** Where `run --cache` keeps results, where no folder is named. */
export const CACHE_DIR = '.manyhands/cache'

/** What the commands about the cache do. */
export interface CacheActions {
  ls(flags: CacheFlags): Promise<void>
  size(flags: CacheFlags): Promise<void>
  verify(flags: CacheFlags): Promise<void>
  prune(flags: PruneFlags): Promise<void>
  clear(flags: CacheFlags): Promise<void>
  why(module: string, texts: readonly string[], flags: RunFlags): Promise<void>
}

/** The commands that look at a cache, or tidy it up. What they print is their result. */
export function addCacheCommands(program: Command, actions: CacheActions): void {
  const group = program.command('cache').summary('results that are kept: ls, size, verify, prune, clear, why')
  const add = (name: string, summary: string): Command =>
    addCommonOptions(group.command(name))
      .summary(summary)
      .option('--dir <folder>', 'the cache', CACHE_DIR)
      .option('--json', 'for programs', false)
  add('ls', 'what is there, the newest first').action((flags: CacheFlags) => actions.ls(flags))
  add('size', 'how much it takes').action((flags: CacheFlags) => actions.size(flags))
  add('verify', 'read all, and remove what is broken').action((flags: CacheFlags) => actions.verify(flags))
  add('prune', 'remove what is too old, or too much')
    .option('--max-bytes <size>', 'what was used longest ago goes until the rest fits: 10G', (text) =>
      parseSize(text, '--max-bytes'),
    )
    .option('--max-age <time>', 'what was stored longer ago goes: 30d', (text) => parseDuration(text, '--max-age'))
    .action((flags: PruneFlags) => actions.prune(flags))
  add('clear', 'remove everything').action((flags: CacheFlags) => actions.clear(flags))
  addRunOptions(group.command('why <module> [inputs...]'))
    .summary('whether results are there, and why not: of the same inputs and options as run')
    .action((module: string, texts: string[], flags: RunFlags) => actions.why(module, texts, flags))
}
