import type { Command } from 'commander'

import { CACHE_FLAGS, type CacheFlags, PRUNE_FLAGS, type PruneFlags } from './flags/command-flags.ts'
import { COMMON_FLAGS } from './flags/common-flags.ts'
import { addFlags } from './flags/flag-table.ts'
import { addRunFlags, type RunFlags } from './flags/run-flags.ts'

/** The actions of the commands about the cache. */
export interface CacheActions {
  ls(flags: CacheFlags): Promise<void>
  size(flags: CacheFlags): Promise<void>
  verify(flags: CacheFlags): Promise<void>
  prune(flags: PruneFlags): Promise<void>
  clear(flags: CacheFlags): Promise<void>
  why(module: string, texts: readonly string[], flags: RunFlags): Promise<void>
}

/** Adds the commands that look at a cache, or tidy it up. What they print is their result. */
export function addCacheCommands(program: Command, actions: CacheActions): void {
  const group = program.command('cache').summary('look at stored results: ls, size, verify, prune, clear, why')
  const add = (name: string, summary: string): Command =>
    addFlags(addFlags(group.command(name).summary(summary), COMMON_FLAGS), CACHE_FLAGS)
  add('ls', 'list all results, the newest first').action((flags: CacheFlags) => actions.ls(flags))
  add('size', 'show how many results there are, and how large').action((flags: CacheFlags) => actions.size(flags))
  add('verify', 'read all results, and remove broken ones').action((flags: CacheFlags) => actions.verify(flags))
  addFlags(add('prune', 'remove what is too old, or too much'), PRUNE_FLAGS).action((flags: PruneFlags) =>
    actions.prune(flags),
  )
  add('clear', 'remove everything').action((flags: CacheFlags) => actions.clear(flags))
  addRunFlags(group.command('why <module> [inputs...]'))
    .summary('show which results are stored, and why others are not: for the inputs and flags of a run')
    .action((module: string, texts: string[], flags: RunFlags) => actions.why(module, texts, flags))
}
