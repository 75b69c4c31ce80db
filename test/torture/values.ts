/** What the function of the torture test gives for a number: each has one value, small or large. */
export function valueOf(n: number): { n: number; text: string; list: readonly number[] } {
  const length = n % 17 === 0 ? 60_000 : (n * 7_919) % 900
  return { n, text: String.fromCharCode(97 + (n % 26)).repeat(length), list: [n, n / 3, -n] }
}
