/** Does nothing for a while. */
export async function pause(value: number, ms: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, ms))
  return value
}
