/** The backends that have workers. */
export const WITH_WORKERS = ['threads', 'processes'] as const

export const BACKENDS = ['serial', ...WITH_WORKERS] as const

/** Resolves when something is so; looks after each turn of the event loop. Where it never is the test's limit ends it. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1))
}
