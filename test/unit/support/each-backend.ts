/** The backends that have workers. */
export const WITH_WORKERS = ['threads', 'processes'] as const

export const BACKENDS = ['serial', ...WITH_WORKERS] as const
