/** A figure, as programs that collect figures read it. */
export interface Figure {
  readonly name: string
  readonly type: 'gauge' | 'counter' | 'histogram'
  readonly help: string
  readonly samples: readonly Sample[]
}

/** One value of a figure. `suffix`: what is added to the name, as in the parts of a histogram. */
export interface Sample {
  readonly value: number
  readonly labels?: Readonly<Record<string, string | number>>
  readonly suffix?: '_bucket' | '_sum' | '_count'
}

/** Writes figures in the text format of Prometheus. */
export function prometheusText(figures: readonly Figure[]): string {
  return figures
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const lines = samples.map(
        ({ value, labels = {}, suffix = '' }) => `${name}${suffix}${labelText(labels)} ${numberText(value)}\n`,
      )
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
    })
    .join('')
}

function labelText(labels: Readonly<Record<string, string | number>>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`)
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function numberText(value: number): string {
  return value === Infinity ? '+Inf' : String(value)
}
