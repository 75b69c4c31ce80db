/** What the command's exit code says. */
export const EXIT = {
  /** All succeeded, or nobody wanted more of the results. */
  ok: 0,
  someFailed: 1,
  usage: 2,
  /** A module or export is missing, a function changed since the run to go on with, or results cannot be written. */
  cannotStart: 3,
  halted: 4,
  noWorkers: 5,
  deadline: 124,
  interrupted: 130,
  terminated: 143,
} as const
