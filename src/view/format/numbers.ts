/** Shows a number of things: `12,345`. */
export function count(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** Shows a number of things with their name: `1 worker`, `2 workers`. */
export function many(n: number, one: string, more: string = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : more}`
}

/** Shows a share: `4.2 %`, `93 %`, `< 0.1 %`. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '< 0.1 %'
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`
}

/** Shows a rate: `101/s`, `4.2/s`. */
export function rate(perSecond: number): string {
  return `${perSecond >= 10 ? count(perSecond) : perSecond.toFixed(1)}/s`
}

/** Shows a number of bytes: `640 KB`, `278 MB`, `1.4 GB`. */
export function size(bytes: number): string {
  if (bytes < 2 ** 20) return `${count(bytes / 2 ** 10)} KB`
  return bytes < 2 ** 30 ? `${count(bytes / 2 ** 20)} MB` : `${(bytes / 2 ** 30).toFixed(1)} GB`
}
