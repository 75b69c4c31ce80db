import { ATTEMPT_STATES } from '../../observe/observer.ts'
import { DURATION_BOUNDS, type RunTotals, type Totals } from '../../telemetry/run-totals.ts'
import type { Figure, Sample } from './prometheus-text.ts'

/** The figures of a run: numbers by function and backend, nothing about single tasks. */
export function runFigures(totals: RunTotals): readonly Figure[] {
  const all = [...totals.all]
  const each = (samplesOf: (one: Totals) => readonly Sample[]): Sample[] => all.flatMap(samplesOf)
  const gauge = (valueOf: (one: Totals) => number): Sample[] =>
    all.map((one) => ({ value: valueOf(one), labels: labelsOf(one) }))
  return [
    {
      name: 'manyhands_tasks_total',
      type: 'counter',
      help: 'Tasks that ended, by state.',
      samples: each((one) =>
        ATTEMPT_STATES.flatMap((state, i) =>
          state === 'requeued' ? [] : [{ value: one.tasks[i] ?? 0, labels: { ...labelsOf(one), state } }],
        ),
      ),
    },
    {
      name: 'manyhands_retries_total',
      type: 'counter',
      help: 'Attempts that did not count because the task ran again.',
      samples: gauge(({ retries }) => retries),
    },
    {
      name: 'manyhands_task_duration_seconds',
      type: 'histogram',
      help: 'Durations of attempts; of quick ones the mean of those that ended together.',
      samples: each(histogram),
    },
    {
      name: 'manyhands_tasks_running',
      type: 'gauge',
      help: 'Tasks that workers have.',
      samples: gauge(({ running }) => running),
    },
    {
      name: 'manyhands_results_waiting',
      type: 'gauge',
      help: 'Results that wait to be written.',
      samples: gauge(({ waiting }) => waiting),
    },
    { name: 'manyhands_workers', type: 'gauge', help: 'Workers.', samples: gauge(({ workers }) => workers.length) },
    {
      name: 'manyhands_worker_memory_bytes',
      type: 'gauge',
      help: 'Memory of each worker.',
      samples: each((one) =>
        one.workers.flatMap(({ slot, memory }) =>
          memory === undefined ? [] : [{ value: memory, labels: { ...labelsOf(one), slot } }],
        ),
      ),
    },
    {
      name: 'manyhands_worker_deaths_total',
      type: 'counter',
      help: 'Workers that died, by cause.',
      samples: [...totals.deaths].map(([reason, value]) => ({ value, labels: { reason } })),
    },
  ]
}

function histogram(one: Totals): Sample[] {
  const labels = labelsOf(one)
  let below = 0
  const buckets = one.durations.map((count, i): Sample => {
    below += count
    return { suffix: '_bucket', value: below, labels: { ...labels, le: boundText(DURATION_BOUNDS[i]) } }
  })
  return [...buckets, { suffix: '_sum', value: one.seconds, labels }, { suffix: '_count', value: one.timed, labels }]
}

function boundText(bound: number | undefined): string {
  return bound === undefined ? '+Inf' : String(bound)
}

function labelsOf({ name, backend }: Totals): Record<string, string> {
  return { function: name, ...(backend !== '' && { backend }) }
}
