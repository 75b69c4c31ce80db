import type { Command } from 'commander'

import { oneOfWords } from './values.ts'

/** The options that each command has. */
export interface CommonFlags {
  readonly quiet: boolean
  readonly logLevel: 'error' | 'info' | 'debug'
  readonly logFile?: string
}

/** Gives a command what each has. `--config-file` is read before the others (`completeArgs`). */
export function addCommonOptions(command: Command): Command {
  return command
    .option('-q, --quiet', 'tell of failures only: no progress, no summary', false)
    .option(
      '--log-level <level>',
      'error (as -q), info, or debug (as -v)',
      oneOfWords(['error', 'info', 'debug'], '--log-level'),
      'info',
    )
    .option('--log-file <file>', 'what is said on stderr is also written there')
    .option('--config-file <file>', 'JSON with the names of flags: { "jobs": 4, "timeout": "30s" }; flags win')
}
