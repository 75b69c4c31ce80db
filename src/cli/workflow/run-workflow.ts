import { Cache } from '../../cache/cache.ts'
import type { TaskError } from '../../errors/task-errors.ts'
import type { RunEvent } from '../../pool/observer.ts'
import type { Results } from '../../run/outcomes/results.ts'
import type { RunStats } from '../../run/run-stats.ts'
import type { WorkflowNode } from '../../workflow/node.ts'
import { GRACE_MS, Interrupts } from '../batch/interrupts.ts'
import { summaryLine } from '../batch/outcome.ts'
import { backendAt } from '../cluster/location.ts'
import { EXIT } from '../command-error.ts'
import { mapOptionsOf } from '../flags/map-options.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import { openOutput } from '../output/open-output.ts'
import { jsonLine } from '../output/result-writer.ts'
import { FailureReport } from '../report/failure-report.ts'
import type { Screen } from '../report/screen.ts'
import { tellEvent } from '../report/tell-event.ts'

/** Takes the place of a result that could not be had. */
const FAILED = Symbol('failed')

/** `manyhands run` of a workflow. Resolves to the exit code. */
export async function runWorkflow(
  node: WorkflowNode<unknown>,
  name: string,
  flags: RunFlags,
  screen: Screen,
): Promise<number> {
  const report = new FailureReport(screen, flags.json)
  // One failure may cost many results, and is told once.
  const told = new Set<TaskError>()
  let lost = 0
  const { spread: _, args: __, ...options } = mapOptionsOf(flags)
  const shows = !flags.quiet && !flags.json && flags.progress !== 'none'
  const results = node.run({
    ...options,
    backend: await backendAt(flags.on, flags),
    logs: flags.logs,
    name,
    progress: shows && { label: name },
    ...(flags.jobs !== undefined && { workers: flags.jobs }),
    ...(flags.cache !== undefined && { cache: new Cache(flags.cache) }),
    ...(flags.verbose && { onEvent: (event: RunEvent) => tellEvent(event, screen) }),
    onError: (error) => {
      lost++
      if (!told.has(error)) report.add(`${error.task.name}[${error.task.index}]`, error)
      told.add(error)
      return FAILED
    },
  })
  const interrupts = new Interrupts({
    windDown: () => {
      screen.warn(`interrupted: nothing more is started; what runs has ${GRACE_MS / 1_000} s to finish`)
      results.halt('soon', 'interrupted')
    },
    stop: () => results.halt('now', 'interrupted'),
  })
  const ok = await write(results, flags, screen)
  if (!flags.quiet) report.sumUp()
  const { elapsedMs, cached, endedBy } = results.stats()
  const interrupted = interrupts.exitCode
  interrupts[Symbol.dispose]()
  const ended = interrupted === undefined ? endedBy : 'interrupted'
  const exitCode = interrupted ?? exitCodeOf(endedBy, lost)
  if (flags.json) {
    const summary = {
      type: 'summary',
      ok,
      failed: lost,
      cached,
      elapsedMs: Math.round(elapsedMs),
      endedBy: ended,
      exitCode,
    }
    screen.say(JSON.stringify(summary))
  } else if (!flags.quiet) {
    screen.say(summaryLine({ ok, failed: lost, notDone: 0, elapsedMs, endedBy: ended }, screen.paint))
    if (flags.cache !== undefined) screen.say(`  ${cached} calls from the cache ${flags.cache}`)
  }
  return exitCode
}

function exitCodeOf(endedBy: RunStats['endedBy'], lost: number): number {
  switch (endedBy) {
    case 'deadline':
      return EXIT.deadline
    case 'halt':
      return EXIT.halted
    case 'quit':
      return EXIT.interrupted
    case undefined:
      return lost > 0 ? EXIT.someFailed : EXIT.ok
  }
}

/** Writes results as they come; returns how many there were. */
async function write(results: Results<unknown>, flags: RunFlags, screen: Screen): Promise<number> {
  let ok = 0
  let isOpen = true
  let problem: Error | undefined
  const output = await openOutput(flags.output, () => 0, screen, {
    end: (error) => {
      isOpen = false
      problem = error
      results.cancel()
    },
    written: () => {},
  })
  try {
    for await (const batch of results.batches()) {
      for (const value of batch) {
        if (value === FAILED) continue
        const room = output.write(jsonLine(value), ok++)
        if (room !== undefined) await room
      }
    }
  } finally {
    if (isOpen) await output.close(false)
  }
  if (problem !== undefined) throw problem
  return ok
}
