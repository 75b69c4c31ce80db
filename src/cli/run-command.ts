import type { Command } from 'commander'

import { addRunFlags, type RunFlags } from './flags/run-flags.ts'

const EXAMPLES = `Run one exported function over many inputs, on all cores.

Examples:
  $ manyhands run wordcount.ts 'books/*.txt' -o words.jsonl
  $ find . -name '*.png' | manyhands run images.ts#resize --args '[800, 600]'
  $ manyhands run score.ts#score @rows.jsonl --timeout 30s --retries 2
  $ manyhands run model.ts#Model @texts.txt -j 4         a class keeps its state in each worker
  $ manyhands run pipe.ts#calibrate 'raw/*.fits' --config @night.json      the steps of a pipeline
  $ manyhands run stats.ts#totals 'logs/*.log' --reduce  one value of all inputs
  $ manyhands run node:zlib#crc32 hello world            no file needed
`

const MODULE = `a file, a package, or node:<built-in>; #<export> names the function, class or pipeline
(default: the default export)`
const INPUTS = `values, globs ('img/**/*.png'), @list.txt (a line each), @rows.jsonl, @rows.csv (also .tsv
and .json), - (stdin, also read when there are no inputs); @@x is the value @x`

/** Adds the command `run` to the program. `onRun` gets what it was called with. */
export function addRunCommand(
  program: Command,
  onRun: (module: string, inputs: readonly string[], flags: RunFlags) => Promise<void>,
): void {
  const command = program
    .command('run')
    .summary('run an exported function over many inputs')
    .usage('<module>[#export] [inputs...] [options]')
    .argument('<module>', MODULE)
    .argument('[inputs...]', INPUTS)
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_CODES)
    .action(onRun)
  addRunFlags(command)
}

const EXIT_CODES = `
Results go to stdout, one JSON value a line for each input that succeeded; all else goes to stderr.
Exit code: 0 all ok, 1 some failed, 2 wrong usage, 3 could not start or write, 4 ended by --halt, 5 no worker could be
kept, 124 ended by --deadline, 130 interrupted, 143 terminated.`
