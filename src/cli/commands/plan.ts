import { Cache } from '../../cache/cache.ts'
import { tableLines } from '../../util/text/show-text.ts'
import { escapeText } from '../../util/text/terminal-text.ts'
import type { Plan } from '../../workflow/plan/plan.ts'
import { usageError } from '../command-error.ts'
import type { PlanFlags } from '../flags/command-flags.ts'
import { findTask } from '../module/find-task.ts'
import { declareWorkflow, findWorkflow } from '../module/find-workflow.ts'
import { keepStdout } from '../output/own-stdout.ts'
import type { Screen } from '../report/screen.ts'

/** The number of reasons shown for a node: the most frequent ones. */
const MAX_REASONS = 3

/** `manyhands plan`: shows what a run of a workflow would take from the cache, what it would compute, and why. */
export async function showPlan(
  module: string,
  texts: readonly string[],
  { cache, json }: PlanFlags,
  screen: Screen,
): Promise<void> {
  const giveBack = keepStdout()
  await import('../../compose.ts')
  const task = await findTask(module)
  const found = await findWorkflow(task)
  if (found === undefined) throw usageError(`${task.name} is not a workflow: expected a node such as apply(fn)(items)`)
  const node = await declareWorkflow(found, texts, { literal: false, format: 'auto', skip: 0, limit: Infinity }, screen)
  const plan = await node.plan({ cache: new Cache(cache) })
  giveBack()
  console.log(json ? JSON.stringify(plan) : table(plan))
}

function table({ nodes }: Plan): string {
  const rows = nodes.map(({ name, hit, run, unknown, items }) => [
    escapeText(name),
    ...[hit, run, unknown].map(String),
    reasonsOf(items),
  ])
  return tableLines([['node', 'hit', 'run', 'unknown', 'why'], ...rows], [0, 4]).join('\n')
}

function reasonsOf(items: Plan['nodes'][number]['items']): string {
  const counts = new Map<string, number>()
  for (const { reason } of items) if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a)
  const shown = sorted.slice(0, MAX_REASONS).map(([reason, number]) => `${escapeText(reason)} (${number})`)
  return [...shown, ...(sorted.length > MAX_REASONS ? ['…'] : [])].join(', ')
}
