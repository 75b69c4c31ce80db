import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import { openStore } from '../../cache/store/open-store.ts'
import type { Listed, Store } from '../../cache/store/store.ts'
import { count } from '../../util/text/show-number.ts'
import { escapeText } from '../../util/text/terminal-text.ts'
import { CommandError, EXIT } from '../command-error.ts'
import type { CacheFlags, PruneFlags } from '../flags/command-flags.ts'

/** `manyhands cache ls`: lists all results, the newest first. */
export function listCache({ dir, json }: CacheFlags): void {
  const all = [...open(dir).list()].sort((a, b) => b.head.stored - a.head.stored)
  for (const one of all) console.log(json ? asJson(one) : describe(one))
  if (all.length === 0 && !json) console.log(`nothing is in ${dir}`)
}

function asJson({ key, meta, head, used }: Listed): string {
  const { stored, expires, ms, payloadLength: bytes, valueHash, node } = head
  const times = { stored, used, expires: expires === Infinity ? null : expires }
  return JSON.stringify({ key, name: meta.name, fn: meta.fn, bytes, ...times, ms, valueHash, node })
}

function describe({ key, meta, head }: Listed): string {
  const when = new Date(head.stored).toISOString().slice(0, 19)
  return `${when}  ${size(head.payloadLength).padStart(9)}  ${key.slice(0, 12)}  ${escapeText(meta.name)}`
}

/** `manyhands cache size`: shows the number and the size of the results. */
export function sizeOfCache({ dir, json }: CacheFlags): void {
  const store = open(dir)
  const entries = [...store.list()].length
  const bytes = store.bytes()
  console.log(
    json ? JSON.stringify({ dir: store.dir, entries, bytes }) : `${results(entries)}, ${size(bytes)} in ${dir}`,
  )
}

/** `manyhands cache verify`: removes broken results. Returns the exit code. */
export function verifyCache({ dir, json }: CacheFlags): number {
  const report = open(dir).verify()
  const { entries, corrupt } = report
  if (json) console.log(JSON.stringify(report))
  else if (corrupt.length === 0) console.log(`${results(entries)}, all whole`)
  else console.log(`${results(entries)} whole, ${results(corrupt.length)} broken and removed`)
  return corrupt.length === 0 ? EXIT.ok : EXIT.someFailed
}

/** `manyhands cache prune`: removes old results. */
export function pruneCache({ dir, json, maxBytes, maxAge }: PruneFlags): void {
  const pruned = open(dir).prune({ maxBytes, maxAge })
  if (json) console.log(JSON.stringify(pruned))
  else console.log(`${results(pruned.removed)} removed, ${size(pruned.bytes)} left in ${dir}`)
}

/** `manyhands cache clear`: removes all results. */
export function clearCache({ dir, json }: CacheFlags): void {
  const store = open(dir)
  const bytes = store.bytes()
  store.clear()
  console.log(json ? JSON.stringify({ bytes }) : `${size(bytes)} removed from ${dir}`)
}

function open(dir: string): Store {
  if (existsSync(resolve(dir))) return openStore({ dir })
  throw new CommandError(`there is no cache ${dir}: run with --cache makes one, --dir names another`, EXIT.cannotStart)
}

function results(number: number): string {
  return `${count(number)} ${number === 1 ? 'result' : 'results'}`
}

function size(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`
  const power = Math.min(4, Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1_024 ** power).toFixed(1)} ${' KMGT'[power]}iB`
}
