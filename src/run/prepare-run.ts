import type { Journal } from '../journal/journal.ts'
import { Observers } from '../observe/observers.ts'
import { hostFor } from './hosts/debug-host.ts'
import { fallsBack, serialHost } from './hosts/fallback.ts'
import { prepareFor } from './hosts/prepare-for.ts'
import type { RunHost } from './hosts/run-host.ts'
import { journalOf, openJournal } from './keep-journal.ts'
import type { Plan, PreparedRun, RunContext } from './plan.ts'
import { BATCHES_PER_WORKER } from './source/window.ts'

/** A run that can be assembled, and whose workers it uses. */
export interface ReadyRun {
  readonly host: RunHost
  readonly prepared: PreparedRun
}

/**
 * Prepares the workers, functions, journal and cache of a run. If that fails and the run may fall back, prepares it
 * again in this thread, where functions are called as they are.
 */
export async function prepareRun(run: RunContext, host: RunHost, plan: Plan): Promise<ReadyRun> {
  const own = hostFor(run, host)
  const journal = journalOf(run)
  if (journal !== undefined) run.addObserver(journal)
  try {
    return await prepareOn(run, own, plan, journal)
  } catch (error) {
    if (!fallsBack(run.settings, error)) throw error
    return prepareOn(run, serialHost(own), plan, journal)
  }
}

async function prepareOn(run: RunContext, host: RunHost, plan: Plan, journal: Journal | undefined): Promise<ReadyRun> {
  const { settings, window } = run
  const dispatcher = await host.dispatcher()
  const { capabilities } = dispatcher.options.backend
  const { maxBatch } = capabilities
  if (maxBatch !== undefined && settings.window === undefined)
    window.atLeast(BATCHES_PER_WORKER * (settings.workers ?? host.workers) * maxBatch)
  const observers = new Observers(run.observers, run.context)
  const prepared = await plan.prepare({
    run,
    host,
    dispatcher,
    prepareFunction: (fn, use) => prepareFor({ host, capabilities, settings, observers }, fn, use),
    openJournal: (functions) => {
      if (journal !== undefined) openJournal(run, journal, functions)
      return journal
    },
  })
  return { host, prepared }
}
