/* oxlint-disable typescript/no-unnecessary-type-assertion -- the type of a value that is declared must stand there */
import type { FlagsOf, Parse } from './flag-table.ts'
import { oneOfWords } from './values.ts'

/** The flags that each command has. */
export const COMMON_FLAGS = {
  quiet: { flag: '-q, --quiet', group: 'All commands:', help: 'tell of failures only: no progress, no summary' },
  logLevel: {
    flag: '--log-level <level>',
    parse: oneOfWords(['error', 'info', 'debug']) as Parse<'error' | 'info' | 'debug'>,
    initial: 'info',
    group: 'All commands:',
    help: 'error (as -q), info, or debug (as -v)',
  },
  logFile: { flag: '--log-file <file>', group: 'All commands:', help: 'copy what is said on stderr to a file' },
  // Read before the others, by `completeArgs`.
  configFile: {
    flag: '--config-file <file>',
    group: 'All commands:',
    help: 'JSON with the names of flags: { "jobs": 4, "timeout": "30s" }; flags win',
  },
} as const

export type CommonFlags = FlagsOf<typeof COMMON_FLAGS>
