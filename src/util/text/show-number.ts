/** Shows a whole number with separated thousands: `1,204`. */
export function count(value: number): string {
  // To load the locales for it would take 10 ms.
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** Shows a length of time in the two largest units that it needs: `3s`, `2m 05s`, `1h 20m`. */
export function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1_000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m ${String(seconds % 60).padStart(2, '0')}s`
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`
}
