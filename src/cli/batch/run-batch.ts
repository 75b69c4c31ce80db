import '../../compose.ts'
import { backendAt, isBroker } from '../cluster/location.ts'
import { usageError, EXIT } from '../command-error.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import { readsTerminal } from '../inputs/input-source.ts'
import { openInputs } from '../inputs/open-inputs.ts'
import { findTask, type TaskReference } from '../module/find-task.ts'
import { findWorkflow, type FoundWorkflow } from '../module/find-workflow.ts'
import { refuseOwnInput } from '../output/refuse-own-input.ts'
import type { Screen } from '../report/screen.ts'
import { failedKeys } from '../runs/log-summary.ts'
import { logToGoOnWith, RunLog } from '../runs/run-log.ts'
import { BatchRun, type RunParts } from './batch-run.ts'
import { DryRun } from './dry-run.ts'

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
  const flags = withDebug(withLevel(given))
  if (flags.debug && isBroker(given.on)) screen.warn(`--debug runs here, not on the workers of ${given.on}`)
  const only = flags.onlyFailed ? failedKeys(logToGoOnWith(flags.resume ?? 'last')) : undefined
  if (only?.size === 0 && !flags.json) {
    screen.say(`${screen.paint('green', '✔')} nothing failed in ${flags.resume ?? 'last'}: nothing to run again`)
    return EXIT.ok
  }
  const task = await findTask(module)
  const workflow = await findWorkflow(task)
  if (workflow !== undefined) return runFound(workflow, task, texts, flags, screen)
  if (readsTerminal(texts, flags)) screen.say('Reading inputs from the terminal, one a line; Ctrl-D ends them.')
  refuseOwnInput(flags.output, texts, flags.literal, task)
  const inputs = await openInputs(texts, flags, {
    warn: (message) => screen.warn(message),
    onBadRow: (row) => run.addBadRow(row),
  })
  const parts = { task, inputs, flags, only }
  const backend = await backendAt(flags.on, flags)
  const run = flags.dryRun ? new DryRun(parts, screen) : beginRun({ ...parts, backend }, args, screen)
  return run.run()
}

async function runFound(
  found: FoundWorkflow,
  task: TaskReference,
  texts: readonly string[],
  flags: RunFlags,
  screen: Screen,
): Promise<number> {
  if (flags.dryRun) throw usageError(`${task.name} is a workflow: manyhands plan says what would run`)
  if (flags.resume !== undefined)
    throw usageError(`${task.name} is a workflow: it goes on from its cache, not from a run`)
  const meaningless = OF_FUNCTIONS.find(({ key }) => flags[key] !== undefined && flags[key] !== false)
  if (meaningless !== undefined)
    throw usageError(`${task.name} is a workflow: ${meaningless.option} has no meaning for one`)
  const { declareWorkflow } = await import('../module/find-workflow.ts')
  const { runWorkflow } = await import('../workflow/run-workflow.ts')
  return runWorkflow(await declareWorkflow(found, texts, flags, screen), task.name, flags, screen)
}

/** What belongs to one function over inputs, or to the pool of a run. */
const OF_FUNCTIONS = [
  { key: 'args', option: '--args' },
  { key: 'config', option: '--config' },
  { key: 'spread', option: '--spread' },
  { key: 'log', option: '--log' },
  { key: 'maxMemory', option: '--max-memory' },
  { key: 'maxTasks', option: '--max-tasks' },
] as const

function beginRun(parts: Omit<RunParts, 'log'>, args: readonly string[], screen: Screen): BatchRun {
  const { task, flags } = parts
  const facts = {
    args,
    name: task.name,
    output: flags.output,
    log: flags.log,
    resume: flags.resume,
    only: parts.only,
    anyCode: flags.allowChanged,
  }
  const log = RunLog.begin(facts, (message) => screen.warn(message))
  try {
    return new BatchRun({ ...parts, log }, screen)
  } catch (error) {
    log.discard()
    throw error
  }
}

/** Under the debugger all runs in this process, and nothing is drawn where the user types. */
function withDebug(flags: RunFlags): RunFlags {
  const { progress } = flags
  if (!flags.debug) return flags
  return { ...flags, on: 'serial', jobs: 1, progress: progress === 'auto' || progress === 'bar' ? 'none' : progress }
}

/** A level says the same as two of the flags. */
function withLevel(flags: RunFlags): RunFlags {
  const { logLevel, quiet, verbose } = flags
  return { ...flags, quiet: quiet || logLevel === 'error', verbose: verbose || logLevel === 'debug' }
}
