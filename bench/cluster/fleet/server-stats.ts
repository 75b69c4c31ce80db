/** What a NATS server says of itself at its monitoring port. */
export interface ServerStats {
  readonly at: number
  readonly in_msgs: number
  readonly out_msgs: number
  readonly in_bytes: number
  readonly out_bytes: number
  readonly mem: number
  readonly connections: number
  readonly slow_consumers: number
}

export async function serverStats(port: number): Promise<ServerStats> {
  const response = await fetch(`http://127.0.0.1:${port}/varz`)
  return { ...((await response.json()) as ServerStats), at: performance.now() }
}
