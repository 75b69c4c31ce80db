import { once } from 'node:events'

import { watchGroup } from '../../cluster/group-status.ts'
import { serveDashboard, type ServedDashboard } from '../../dashboard/serve-dashboard.ts'
import type { Subjects } from '../../dashboard/subject.ts'
import { messageOf } from '../../util/message-of.ts'
import { natsOptionsOf } from '../cluster/access-flags.ts'
import { CommandError, EXIT, usageError } from '../command-error.ts'
import { ClusterSubject } from '../dashboard/cluster-subject.ts'
import { runSubject, RunsSubject } from '../dashboard/run-subjects.ts'
import type { DashboardFlags } from '../flags/command-flags.ts'
import type { Screen } from '../report/screen.ts'
import { readRecord } from '../runs/run-record.ts'

/** `manyhands dashboard [run]`: serves live pages of runs, or of a cluster, until it is ended. Prints their address to stdout. */
export async function dashboard(run: string | undefined, flags: DashboardFlags, screen: Screen): Promise<void> {
  const isAboutGroup = flags.server !== undefined || flags.group !== undefined
  if (run !== undefined && isAboutGroup)
    throw usageError(`--server shows a cluster: leave out the run "${run}", or --server`)
  const record = run === undefined ? undefined : readRecord(run)
  const cluster = isAboutGroup ? new ClusterSubject(flags, await watchGroup(natsOptionsOf(flags))) : undefined
  const subjects: Subjects = { runs: () => new RunsSubject(), run: runSubject, cluster: () => cluster }
  const served = await serve(flags.port ?? 0, subjects)
  console.log(served.addressOf(record !== undefined ? `/run/${record.run}` : isAboutGroup ? '/cluster' : '/'))
  if (!flags.quiet) screen.say('open this address in a browser of this machine; Ctrl-C ends the dashboard')
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)))
  await served.close()
  await cluster?.close()
}

async function serve(port: number, subjects: Subjects): Promise<ServedDashboard> {
  try {
    return await serveDashboard(port, subjects)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why =
      code === 'EADDRINUSE'
        ? `port ${port} is taken, perhaps by another dashboard: choose another, or leave --port out for a free one`
        : `cannot listen at 127.0.0.1:${port}: ${messageOf(error)}`
    throw new CommandError(`--port: ${why}`, EXIT.cannotStart, error)
  }
}
