import { accessSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { freemem, tmpdir, totalmem } from 'node:os'
import { join, resolve } from 'node:path'

import { map } from '../../map/map.ts'
import { availableWorkers } from '../../options/workers.ts'
import { type BackendName, BACKENDS } from '../../pool/backend/registry.ts'
import { messageOf } from '../../util/message-of.ts'
import { natsOptionsOf } from '../cluster/access-flags.ts'
import type { DoctorFlags } from '../flags/command-flags.ts'
import { RUNS_FOLDER } from '../runs/run-record.ts'

/** The result of one check. */
interface Finding {
  readonly what: string
  /** Undefined if it is neither good nor bad. */
  readonly isGood: boolean | undefined
  readonly says: string
}

const MARKS = new Map<boolean | undefined, string>([
  [true, '✔'],
  [false, '✖'],
  [undefined, '·'],
])
const OLDEST_NODE = [20, 19]

/** `manyhands doctor`: checks that all that a run needs is there. Prints to stdout; resolves to true if it is. */
export async function doctor(flags: DoctorFlags): Promise<boolean> {
  const findings = [node(), cores(), memory(), typescript(), folder(), scratch()]
  for (const backend of BACKENDS) if (backend !== 'serial') findings.push(await workers(backend))
  if ((flags.server ?? process.env['NATS_URL']) !== undefined) findings.push(await broker(flags))
  if (flags.json) console.log(JSON.stringify(findings))
  else for (const { what, isGood, says } of findings) console.log(`${MARKS.get(isGood)} ${what.padEnd(12)} ${says}`)
  return findings.every(({ isGood }) => isGood !== false)
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldMajor = 0, oldMinor = 0] = OLDEST_NODE
  const isGood = major > oldMajor || (major === oldMajor && minor >= oldMinor)
  return { what: 'node', isGood, says: `${process.version} (${OLDEST_NODE.join('.')} or later is needed)` }
}

function cores(): Finding {
  return { what: 'cores', isGood: true, says: `${availableWorkers()} that this process may use` }
}

function memory(): Finding {
  const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`
  return { what: 'memory', isGood: true, says: `${gib(freemem())} free of ${gib(totalmem())}` }
}

function typescript(): Finding {
  const isNative = (process.features as { typescript?: unknown }).typescript
  if (isNative) return { what: 'typescript', isGood: true, says: 'run by Node itself' }
  try {
    createRequire(resolve('here.js')).resolve('tsx')
    return { what: 'typescript', isGood: true, says: "run by this project's tsx" }
  } catch {
    return { what: 'typescript', isGood: undefined, says: 'needs Node 22.18 or later, or tsx: npm i -D tsx' }
  }
}

function folder(): Finding {
  const path = existsSync(RUNS_FOLDER) ? RUNS_FOLDER : '.'
  try {
    accessSync(path, constants.W_OK)
    return { what: 'runs', isGood: true, says: `job logs go to ${RUNS_FOLDER} in this folder` }
  } catch (error) {
    return { what: 'runs', isGood: undefined, says: `job logs cannot be kept here: ${messageOf(error)}` }
  }
}

function scratch(): Finding {
  try {
    rmSync(mkdtempSync(join(tmpdir(), 'manyhands-')), { recursive: true })
    return { what: 'temporary', isGood: true, says: tmpdir() }
  } catch (error) {
    return { what: 'temporary', isGood: false, says: `${tmpdir()} cannot be written: ${messageOf(error)}` }
  }
}

/** Starts a worker. */
async function workers(backend: BackendName): Promise<Finding> {
  const startedAt = performance.now()
  try {
    await map([1], Math.sqrt, { backend, workers: 1 })
    return { what: backend, isGood: true, says: `first result after ${Math.round(performance.now() - startedAt)} ms` }
  } catch (error) {
    return { what: backend, isGood: false, says: messageOf(error) }
  }
}

async function broker(flags: DoctorFlags): Promise<Finding> {
  try {
    const { groupStatus } = await import('../../cluster/group-status.ts')
    const offers = await groupStatus(natsOptionsOf(flags))
    const total = offers.reduce((sum, { slots }) => sum + slots, 0)
    const says = `answers; group "${flags.group ?? 'default'}" has ${total === 0 ? 'no' : total} workers`
    return { what: 'broker', isGood: total > 0 || undefined, says }
  } catch (error) {
    return { what: 'broker', isGood: false, says: messageOf(error) }
  }
}
