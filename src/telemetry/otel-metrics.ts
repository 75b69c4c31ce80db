import { type Attributes, type BatchObservableResult, metrics, type MeterProvider } from '@opentelemetry/api'

import { ATTEMPT_STATES } from '../observe/observer.ts'
import { RunTotals, type Totals } from './run-totals.ts'

const known = new WeakMap<MeterProvider, RunTotals>()

/** Returns what observes runs for the program's meter provider: the same for all runs. */
export function totalsForMeters(): RunTotals {
  const provider = metrics.getMeterProvider()
  const before = known.get(provider)
  if (before !== undefined) return before
  const totals = meteredTotals(provider)
  known.set(provider, totals)
  return totals
}

function meteredTotals(provider: MeterProvider): RunTotals {
  const meter = provider.getMeter('manyhands')
  const duration = meter.createHistogram('manyhands.task.duration', { unit: 's', description: 'Duration of attempts.' })
  const totals = new RunTotals((seconds, of) => duration.record(seconds, attributesOf(of)))
  const tasks = meter.createObservableCounter('manyhands.tasks', { unit: '{task}', description: 'Tasks that ended.' })
  const retries = meter.createObservableCounter('manyhands.retries', {
    unit: '{attempt}',
    description: 'Attempts that were made again.',
  })
  const running = meter.createObservableGauge('manyhands.tasks.running', {
    unit: '{task}',
    description: 'Tasks that workers have.',
  })
  const waiting = meter.createObservableGauge('manyhands.results.waiting', {
    unit: '{result}',
    description: 'Outcomes that wait for their reader.',
  })
  const workers = meter.createObservableGauge('manyhands.workers', { unit: '{worker}', description: 'Workers.' })
  const memory = meter.createObservableGauge('manyhands.worker.memory', {
    unit: 'By',
    description: 'Memory of each worker.',
  })
  const deaths = meter.createObservableCounter('manyhands.worker.deaths', {
    unit: '{worker}',
    description: 'Workers that died.',
  })
  const observe = (result: BatchObservableResult): void => {
    for (const one of totals.all) {
      const about = attributesOf(one)
      for (const [state, count] of one.tasks.entries())
        if (count > 0) result.observe(tasks, count, { ...about, 'manyhands.state': ATTEMPT_STATES[state] as string })
      result.observe(retries, one.retries, about)
      if (one.runs === 0) continue
      result.observe(running, one.running, about)
      result.observe(waiting, one.waiting, about)
      result.observe(workers, one.workers.length, about)
      for (const { slot, host, memory: bytes } of one.workers)
        if (bytes !== undefined)
          result.observe(memory, bytes, {
            ...about,
            'manyhands.worker.slot': slot,
            ...(host !== undefined && { 'host.name': host }),
          })
    }
    for (const [reason, count] of totals.deaths) result.observe(deaths, count, { 'manyhands.reason': reason })
  }
  meter.addBatchObservableCallback(observe, [tasks, retries, running, waiting, workers, memory, deaths])
  return totals
}

function attributesOf({ name, backend }: Totals): Attributes {
  return { 'manyhands.function': name, ...(backend !== '' && { 'manyhands.backend': backend }) }
}
