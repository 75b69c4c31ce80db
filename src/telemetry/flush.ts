import { metrics, trace } from '@opentelemetry/api'

/** Sends what the SDK of the program holds back. Call it before the process exits. */
export async function flushTelemetry(): Promise<void> {
  await Promise.allSettled([trace.getTracerProvider(), metrics.getMeterProvider()].map(flush))
}

async function flush(provider: object): Promise<void> {
  const { getDelegate, forceFlush } = provider as { getDelegate?(): object; forceFlush?(): Promise<void> }
  if (getDelegate !== undefined) return flush(getDelegate.call(provider))
  await forceFlush?.call(provider)
}
