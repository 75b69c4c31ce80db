/** Where a process and what it starts can be ended together. Elsewhere (Windows) the children of a worker stay. */
const HAS_GROUPS = process.platform !== 'win32'

/** How a worker process is spawned: the leader of a group of its own, so that a terminal's Ctrl-C does not reach it. */
export const GROUP_OPTIONS: { readonly detached: boolean; readonly windowsHide: boolean } = {
  detached: HAS_GROUPS,
  windowsHide: true,
}

/** Ends a worker process and all that it started, at once. */
export function endGroup(pid: number): void {
  try {
    process.kill(HAS_GROUPS ? -pid : pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/** Ends the calling process and all that it started, at once. */
export function endOwnGroup(): void {
  endGroup(process.pid)
}
