import { readFileSync } from 'node:fs'

import { Command, Help, type Option } from 'commander'

import { addRunCommand } from './run-command.ts'
import type { RunFlags } from './run-options.ts'

/** What the commands do. */
export interface Actions {
  run(module: string, inputs: readonly string[], flags: RunFlags): Promise<void>
}

const ABOUT = `Parallel batch processing, from one core to many.

Examples:
  $ manyhands run wordcount.ts 'books/*.txt' -o words.jsonl
  $ manyhands run --help
`

/** The command line: its commands, their options and their help. */
export function createProgram(actions: Actions): Command {
  const program = new Command('manyhands')
    .version(ownVersion(), '--version')
    .addHelpText('before', ABOUT)
    .configureHelp({ optionDescription })
    .exitOverride()
    .configureOutput({
      // Told in one place with all other errors.
      outputError: () => {},
    })
  addRunCommand(program, (...called) => actions.run(...called))
  return program
}

/** That what is off need not be said. */
function optionDescription(option: Option): string {
  return option.defaultValue === false ? option.description : new Help().optionDescription(option)
}

function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
