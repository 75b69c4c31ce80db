import { readlinkSync } from 'node:fs'
import { threadId } from 'node:worker_threads'

import { hostId } from '../../../util/host-id.ts'
import { isRunning, startOf } from '../../../util/running-process.ts'

/** The owner of a file of the store: a thread of a process on a machine. */
export interface Owner {
  readonly host: string
  readonly pid: number
  /** The system's number of the thread; 0 if the system does not tell. */
  readonly tid: number
  /** The start time, in the system's own terms, because numbers are used again. Empty if the system does not tell. */
  readonly started: string
  /** The main thread of its process. */
  readonly isMain: boolean
}

let own: Owner | undefined

/** This thread. */
export function ownOwner(): Owner {
  return (own ??= makeOwner())
}

function makeOwner(): Owner {
  const tid = Number(read(() => readlinkSync('/proc/thread-self'))?.split('/')[2] ?? 0)
  const { pid } = process
  return { host: hostId(), pid, tid, started: startOf(pid, tid || pid) ?? '', isMain: threadId === 0 }
}

/** A text without spaces, dots or slashes. */
export function ownerText({ host, pid, tid, started, isMain }: Owner): string {
  return [host, pid, tid, started, isMain ? 'm' : `w${threadId}`].join('-')
}

export function parseOwner(text: string): Owner | undefined {
  const [host, pid, tid, started, role] = text.split('-')
  if (host === undefined || role === undefined || !Number.isInteger(Number(pid))) return undefined
  return { host, pid: Number(pid), tid: Number(tid), started: started ?? '', isMain: role === 'm' }
}

/**
 * Tells if an owner is alive; undefined if this process cannot know: on other machines, and for threads on some
 * systems.
 */
export function isAlive({ host, pid, tid, started, isMain }: Owner): boolean | undefined {
  if (host !== hostId()) return undefined
  if (!isRunning({ pid, tid: tid || pid, started: tid > 0 ? started : null })) return false
  return tid > 0 || isMain ? true : undefined
}

function read(from: () => string): string | undefined {
  try {
    return from()
  } catch {
    return undefined
  }
}
