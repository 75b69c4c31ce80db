import '../compose.ts'
import { BatchRun, type RunParts } from './batch-run.ts'
import { backendAt } from './cluster/place.ts'
import { DryRun } from './dry-run.ts'
import { EXIT } from './exit-codes.ts'
import { openInputs } from './inputs/open-inputs.ts'
import { readsTerminal } from './inputs/reads-terminal.ts'
import { findTask } from './module/find-task.ts'
import { refuseOwnInput } from './output/refuse-own-input.ts'
import type { Screen } from './report/screen.ts'
import type { RunFlags } from './run-options.ts'
import { failedKeys } from './runs/log-summary.ts'
import { logToGoOnWith, RunLog } from './runs/run-log.ts'

/** What `manyhands run` was called with. */
export interface RunCall {
  readonly module: string
  readonly texts: readonly string[]
  readonly flags: RunFlags
  /** All that stood after `run`. */
  readonly args: readonly string[]
}

/** `manyhands run`: one function over many inputs. Resolves to the exit code. */
export async function runBatch({ module, texts, args, flags: given }: RunCall, screen: Screen): Promise<number> {
  const flags = withLevel(given)
  const only = flags.onlyFailed ? failedKeys(logToGoOnWith(flags.resume ?? 'last')) : undefined
  if (only?.size === 0 && !flags.json) {
    screen.say(`${screen.paint('green', '✔')} nothing failed in ${flags.resume}: nothing to run again`)
    return EXIT.ok
  }
  if (readsTerminal(texts, flags)) screen.say('Reading inputs from the terminal, one a line; Ctrl-D ends them.')
  const task = await findTask(module)
  refuseOwnInput(flags.output, texts, flags.literal)
  const inputs = await openInputs(texts, flags, {
    warn: (message) => screen.warn(message),
    onBadRow: (row) => run.addBadRow(row),
  })
  const parts = { task, inputs, flags, only }
  const backend = await backendAt(flags.on, flags)
  const run = flags.dryRun ? new DryRun(parts, screen) : beginRun({ ...parts, backend }, args, screen)
  return run.run()
}

function beginRun(parts: Omit<RunParts, 'log'>, args: readonly string[], screen: Screen): BatchRun {
  const { task, flags } = parts
  const facts = { args, name: task.name, output: flags.output, log: flags.log, resume: flags.resume }
  const log = RunLog.begin(facts, (message) => screen.warn(message))
  return new BatchRun({ ...parts, log }, screen)
}

/** A level says the same as two of the flags. */
function withLevel(flags: RunFlags): RunFlags {
  const { logLevel, quiet, verbose } = flags
  return { ...flags, quiet: quiet || logLevel === 'error', verbose: verbose || logLevel === 'debug' }
}
