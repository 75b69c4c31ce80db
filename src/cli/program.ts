import { readFileSync } from 'node:fs'

import { Command, Help, type Option } from 'commander'

import type { RunCall } from './batch/run-batch.ts'
import { addCacheCommands, type CacheActions } from './cache-commands.ts'
import { ACCESS_FLAGS, SERVER_FLAG } from './cluster/access-flags.ts'
import { addClusterCommands, type ClusterActions } from './cluster/cluster-commands.ts'
import { ownRetryArgs } from './flags/args.ts'
import {
  DASHBOARD_FLAGS,
  type DashboardFlags,
  DOCTOR_FLAGS,
  type DoctorFlags,
  LOGS_FLAGS,
  type LogsFlags,
  PLAN_FLAGS,
  REPORT_FLAGS,
  type ReportFlags,
  type PlanFlags,
  STATUS_FLAGS,
  type StatusFlags,
  TOP_FLAGS,
  type TopFlags,
} from './flags/command-flags.ts'
import { COMMON_FLAGS, type CommonFlags } from './flags/common-flags.ts'
import { addFlags, type FlagTable, longName } from './flags/flag-table.ts'
import { addRunFlags, ALL_RUN_FLAGS } from './flags/run-flags.ts'
import { addRunCommand } from './run-command.ts'

/** The actions of the commands. */
export interface Actions extends ClusterActions {
  /** Called before any of the others. */
  before(flags: CommonFlags): void
  run(call: RunCall): Promise<void>
  retry(run: string, args: readonly string[]): Promise<void>
  status(run: string | undefined, flags: StatusFlags): Promise<void>
  top(run: string | undefined, flags: TopFlags): Promise<void>
  report(run: string | undefined, flags: ReportFlags): Promise<void>
  dashboard(run: string | undefined, flags: DashboardFlags): Promise<void>
  logs(run: string, flags: LogsFlags): Promise<void>
  doctor(flags: DoctorFlags): Promise<void>
  plan(module: string, inputs: readonly string[], flags: PlanFlags): Promise<void>
  debug(run: string, task: string | undefined): Promise<void>
  readonly cache: CacheActions
}

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
      // Errors are shown in one place, with all others.
      outputError: () => {},
    })
  addRunCommand(program, (module, texts, flags) => actions.run({ module, texts, flags, args: argsOf(program, 'run') }))
  addOtherCommands(program, actions)
  addClusterCommands(program, actions)
  addCacheCommands(program, actions.cache)
  return program
}

/** Adds the commands that look at runs. What they print is their result. */
function addOtherCommands(program: Command, actions: Actions): void {
  addRunFlags(program.command('retry <run>'))
    .summary('run the failures of a run again')
    .description('Runs again what failed in a run (calm-otter-41, or last). Flags are added to those that it had.')
    .action((run: string, _: unknown, command: Command) =>
      actions.retry(run, ownRetryArgs(command, argsOf(program, 'retry'))),
    )
  const add = (usage: string, tables: readonly FlagTable[]): Command => {
    const command = program.command(usage)
    for (const table of [...tables, COMMON_FLAGS]) addFlags(command, table)
    return command
  }
  add('status [run]', [STATUS_FLAGS, SERVER_FLAG, ACCESS_FLAGS])
    .summary('show the state of a run; without one, of all in this folder')
    .action((run: string | undefined, flags: StatusFlags) => actions.status(run, flags))
  add('top [run]', [TOP_FLAGS])
    .summary('watch a run on the whole terminal: its workers, failures and the slowest tasks')
    .description('Shows a run (calm-otter-41; default: last) until it has ended. q leaves, ? lists the keys.')
    .action((run: string | undefined, flags: TopFlags) => actions.top(run, flags))
  add('report [run]', [REPORT_FLAGS])
    .summary('write the report of a run: what happened, what stands out, when, and why')
    .description(
      'Writes the report of a run (calm-otter-41; default: last), or of a job log (log.jsonl): a page, Markdown or JSON.',
    )
    .action((run: string | undefined, flags: ReportFlags) => actions.report(run, flags))
  add('dashboard [run]', [DASHBOARD_FLAGS, SERVER_FLAG, ACCESS_FLAGS])
    .summary('watch runs of this folder, or a cluster, in a browser')
    .description(
      'Serves live pages to browsers of this machine: a run (calm-otter-41, or last), all runs of this folder, or the ' +
        'workers of a cluster (--server, --group). Prints their address. Nothing can be changed through them.',
    )
    .action((run: string | undefined, flags: DashboardFlags) => actions.dashboard(run, flags))
  add('logs <run>', [LOGS_FLAGS])
    .summary('show what the tasks of a run printed')
    .action((run: string, flags: LogsFlags) => actions.logs(run, flags))
  add('plan <workflow> [inputs...]', [PLAN_FLAGS])
    .summary('show what a workflow would compute, and why')
    .description(
      'Shows what is stored of a workflow, an export of a module (graph.ts#workflow), and what a run would compute.',
    )
    .action((module: string, inputs: readonly string[], flags: PlanFlags) => actions.plan(module, inputs, flags))
  add('debug <run> [input]', [])
    .summary('call the function again for an input that failed, and stop where it throws')
    .description('Stops where the function throws for an input that failed: last#17, or last for the first of them.')
    .action((run: string, input: string | undefined) => actions.debug(run, input))
  add('doctor', [DOCTOR_FLAGS, SERVER_FLAG, ACCESS_FLAGS])
    .summary('check that all that a run needs is there')
    .action((flags: DoctorFlags) => actions.doctor(flags))
}

/** The arguments after a command's name. */
function argsOf(program: Command, name: string): string[] {
  const { rawArgs } = program as Command & { readonly rawArgs: readonly string[] }
  return rawArgs.slice(rawArgs.indexOf(name) + 1)
}

/** Flags that may stand without their value, by their long names: `--resume[=run]`. */
const OPTIONAL = new Map(
  Object.values(ALL_RUN_FLAGS)
    .filter(({ alone }) => alone !== undefined)
    .map((row) => [longName(row), row.flag]),
)

/** The help on an option. Says no default for what is off. */
function optionDescription(option: Option): string {
  return option.defaultValue === false ? option.description : new Help().optionDescription(option)
}

function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
