import '../../compose.ts'
import type { KeyCounts } from '../../journal/keys/key-counts.ts'
import { backendAt, isBroker } from '../cluster/location.ts'
import { EXIT } from '../command-error.ts'
import { refuseForReduce } from '../flags/refuse-for-reduce.ts'
import { refuseForWorkflow } from '../flags/refuse-for-workflow.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import type { Admits } from '../inputs/input-argument.ts'
import { readsTerminal } from '../inputs/input-source.ts'
import { openInputs } from '../inputs/open-inputs.ts'
import { openWatchers } from '../metrics/run-watchers.ts'
import { findTask, type TaskReference } from '../module/find-task.ts'
import { declareWorkflow, findWorkflow, type FoundWorkflow } from '../module/find-workflow.ts'
import { WrittenFiles } from '../output/refuse-own-input.ts'
import type { Screen } from '../report/screen.ts'
import { failedKeys } from '../runs/failed-keys.ts'
import { logToResume, RunLog } from '../runs/run-log.ts'
import { BatchRun, type RunParts } from './batch-run.ts'
import { checkReports } from './check-reports.ts'
import { DryRun } from './dry-run.ts'
import { FunctionSource } from './function-source.ts'
import { ReduceSource } from './reduce-source.ts'
import { WorkflowSource } from './workflow-source.ts'

/** A call of `manyhands run`. */
export interface RunCall {
  readonly module: string
  readonly texts: readonly string[]
  readonly flags: RunFlags
  /** The arguments after `run`. */
  readonly args: readonly string[]
}

/** `manyhands run`: one function over many inputs, or a workflow. Resolves to the exit code. */
export async function runBatch(call: RunCall, screen: Screen): Promise<number> {
  const { on } = call.flags
  const flags = withDebug(withLevel(call.flags))
  if (flags.debug && isBroker(on)) screen.warn(`--debug runs here, not on the workers of ${on}`)
  const only = flags.onlyFailed ? failedKeys(logToResume(flags.resume ?? 'last')) : undefined
  if (only?.size === 0 && !flags.json) {
    screen.say(`${screen.paint('green', '✔')} nothing failed in ${flags.resume ?? 'last'}: nothing to run again`)
    return EXIT.ok
  }
  const task = await findTask(call.module)
  const workflow = await findWorkflow(task)
  return workflow === undefined
    ? // A value needs all inputs: those that did not fail are in what the run has kept.
      runFunction(task, { ...call, flags }, flags.reduce ? undefined : only, screen)
    : runWorkflow(workflow, task, { ...call, flags }, screen)
}

/** `only`: the number of inputs to run by content key; undefined if all are to run. */
async function runFunction(
  task: TaskReference,
  call: RunCall,
  only: KeyCounts | undefined,
  screen: Screen,
): Promise<number> {
  const { texts, args, flags } = call
  checkReports(flags)
  if (flags.reduce) refuseForReduce(flags)
  const admits = checkInputs(task, call, screen)
  const inputs = await openInputs(
    texts,
    { ...flags, admits },
    {
      warn: (message) => screen.warn(message),
      onBadRow: (row) => run.addBadRow(row),
    },
  )
  const backend = await backendAt(flags.on, flags)
  const watchers = await openWatchers(flags, true)
  const facts = {
    args,
    name: task.name,
    output: flags.output,
    log: flags.log,
    resume: flags.resume,
    only,
    anyCode: flags.allowChanged,
    isReduction: flags.reduce,
  }
  const run = flags.dryRun
    ? new DryRun({ task, inputs, flags, only }, screen)
    : begin(
        RunLog.begin(facts, (message) => screen.warn(message)),
        (log) => ({
          source: new (flags.reduce ? ReduceSource : FunctionSource)({
            task,
            inputs,
            flags,
            backend,
            journal: log.journal,
          }),
          flags,
          log,
          only,
          watchers,
        }),
        screen,
      )
  return run.run()
}

async function runWorkflow(found: FoundWorkflow, task: TaskReference, call: RunCall, screen: Screen): Promise<number> {
  const { texts, flags } = call
  const takesInputs = 'make' in found
  refuseForWorkflow(flags, task.name, takesInputs)
  checkReports(flags)
  const admits = takesInputs ? checkInputs(task, call, screen) : undefined
  const node = await declareWorkflow(found, texts, { ...flags, ...(admits && { admits }) }, screen)
  const backend = await backendAt(flags.on, flags)
  const watchers = await openWatchers(flags, false)
  const run = begin(
    RunLog.without(flags.output),
    (log) => ({
      source: new WorkflowSource({ node, name: task.name, backend, jobs: flags.jobs }),
      flags,
      log,
      only: undefined,
      watchers,
    }),
    screen,
  )
  return run.run()
}

/** Begins a run with a log, which is discarded if the run cannot begin. */
function begin(log: RunLog, parts: (log: RunLog) => RunParts, screen: Screen): BatchRun {
  try {
    return new BatchRun(parts(log), screen)
  } catch (error) {
    log.discard()
    throw error
  }
}

/**
 * Makes sure that the user knows if inputs are read from the terminal, and that nothing is written to a file that is
 * read. Returns what chooses inputs among the files that patterns match.
 */
function checkInputs(task: TaskReference, { texts, flags }: RunCall, screen: Screen): Admits {
  if (readsTerminal(texts, flags)) screen.say('Reading inputs from the terminal, one a line; Ctrl-D ends them.')
  const written = new WrittenFiles(flags, (message) => screen.warn(message))
  written.refuseFor(texts, flags.literal, task)
  return (file, pattern) => written.admits(file, pattern)
}

/** In the debugger all tasks run in this process, and no bar is drawn over the prompt. */
function withDebug(flags: RunFlags): RunFlags {
  const { progress } = flags
  if (!flags.debug) return flags
  return { ...flags, on: 'serial', jobs: 1, progress: progress === 'auto' || progress === 'bar' ? 'none' : progress }
}

/** `--log-level` says the same as `-q` and `-v`. */
function withLevel(flags: RunFlags): RunFlags {
  const { logLevel, quiet, verbose } = flags
  return { ...flags, quiet: quiet || logLevel === 'error', verbose: verbose || logLevel === 'debug' }
}
