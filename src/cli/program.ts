import { readFileSync } from 'node:fs'

import { Command, Help, type Option } from 'commander'

import type { RunCall } from './batch/run-batch.ts'
import { addCacheCommands, CACHE_DIR, type CacheActions } from './cache-commands.ts'
import { addAccessOptions } from './cluster/access-options.ts'
import { addClusterCommands, type ClusterActions } from './cluster/cluster-commands.ts'
import type { DoctorFlags } from './commands/doctor.ts'
import type { PlanFlags } from './commands/plan.ts'
import type { StatusFlags } from './commands/status.ts'
import { ownRetryArgs } from './flags/args.ts'
import { addCommonOptions, type CommonFlags } from './flags/common-flags.ts'
import { addRunOptions } from './flags/run-flags.ts'
import { wholeNumberFrom } from './flags/values.ts'
import { addRunCommand } from './run-command.ts'

/** What the commands do. */
export interface Actions extends ClusterActions {
  /** Comes before any of the others. */
  before(flags: CommonFlags): void
  run(call: RunCall): Promise<void>
  retry(run: string, args: readonly string[]): Promise<void>
  status(run: string | undefined, flags: StatusFlags): Promise<void>
  logs(run: string, flags: { readonly task?: number; readonly json: boolean }): Promise<void>
  doctor(flags: DoctorFlags): Promise<void>
  plan(module: string, inputs: readonly string[], flags: PlanFlags): Promise<void>
  debug(run: string, task: string | undefined): Promise<void>
  readonly cache: CacheActions
}

/** Options that may stand without their value. */
const OPTIONAL = new Map([
  ['--resume', '--resume[=run]'],
  ['--cache', '--cache[=dir]'],
])

const ABOUT = `Parallel batch processing, from one core to many.

Examples:
  $ manyhands run wordcount.ts 'books/*.txt' -o words.jsonl
  $ manyhands retry last
  $ manyhands status last --failed
  $ manyhands run --help
`

/** The command line: its commands, their options and their help. */
export function createProgram(actions: Actions): Command {
  const program = new Command('manyhands')
    .version(ownVersion(), '--version')
    .addHelpText('before', ABOUT)
    .configureHelp({
      optionDescription,
      optionTerm: ({ long, flags }) => OPTIONAL.get(long ?? '') ?? flags,
    })
    .exitOverride()
    .hook('preAction', (_, command) => actions.before(command.opts()))
    .configureOutput({
      // Told in one place with all other errors.
      outputError: () => {},
    })
  addRunCommand(program, (module, texts, flags) => actions.run({ module, texts, flags, args: argsOf(program, 'run') }))
  addOtherCommands(program, actions)
  addClusterCommands(program, actions)
  addCacheCommands(program, actions.cache)
  return program
}

/** The commands that look at runs. What they print is their result. */
function addOtherCommands(program: Command, actions: Actions): void {
  addRunOptions(program.command('retry <run>'))
    .summary('run again what failed')
    .description('Runs again what failed in a run (calm-otter-41, or last). Options are added to those that it had.')
    .action((run: string, _: unknown, command: Command) =>
      actions.retry(run, ownRetryArgs(command, argsOf(program, 'retry'))),
    )
  addCommonOptions(addAccessOptions(program.command('status [run]')))
    .summary('how a run stands; without one, all of this folder')
    .option('--failed', 'what failed, and why', false)
    .option('--slow', 'what took longest', false)
    .option('--workers', 'what each worker did; with --server or --group: the workers of a group, now', false)
    .option('--watch', 'again every second, until it has ended', false)
    .option('--json', 'for programs', false)
    .action((run: string | undefined, flags: StatusFlags) => actions.status(run, flags))
  addCommonOptions(program.command('logs <run>'))
    .summary('what the tasks of a run printed')
    .option('--task <n>', 'only this one: its number, from 0', wholeNumberFrom(0, '--task'))
    .option('--json', 'for programs', false)
    .action((run: string, flags: { readonly task?: number; readonly json: boolean }) => actions.logs(run, flags))
  addCommonOptions(program.command('plan <workflow> [inputs...]'))
    .summary('what a workflow would compute, and why')
    .description(
      'Shows what is stored of a workflow, an export of a module (graph.ts#workflow), and what a run would compute.',
    )
    .option('--cache <dir>', 'where results are kept', CACHE_DIR)
    .option('--json', 'for programs: each call of each node', false)
    .action((module: string, inputs: readonly string[], flags: PlanFlags) => actions.plan(module, inputs, flags))
  addCommonOptions(program.command('debug <run> [input]'))
    .summary('call the function again for an input that failed, and stop where it throws')
    .description('Stops where the function throws for an input that failed: last#17, or last for the first of them.')
    .action((run: string, input: string | undefined) => actions.debug(run, input))
  addCommonOptions(addAccessOptions(program.command('doctor')))
    .summary('whether all that a run needs is there')
    .option('--json', 'for programs', false)
    .action((flags: DoctorFlags) => actions.doctor(flags))
}

/** All that stood after a command's name. */
function argsOf(program: Command, name: string): string[] {
  const { rawArgs } = program as Command & { readonly rawArgs: readonly string[] }
  return rawArgs.slice(rawArgs.indexOf(name) + 1)
}

/** That what is off need not be said. */
function optionDescription(option: Option): string {
  return option.defaultValue === false ? option.description : new Help().optionDescription(option)
}

function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
