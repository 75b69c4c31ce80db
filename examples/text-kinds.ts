// A small neural network, run by onnxruntime, says what kind of file a text comes from. It is called with up to 64 texts at once.
// `train-kinds.ts` makes its file, kinds.onnx.
//
//   manyhands run examples/text-kinds.ts#kindOf @texts.jsonl --jobs 2
import { readFile } from 'node:fs/promises'

import { batched, stateful } from 'manyhands'
import { env, InferenceSession, Tensor } from 'onnxruntime-web'

export const KINDS = ['js', 'ts', 'json', 'md'] as const

export type Kind = (typeof KINDS)[number]

/** The numbers that stand for a text. */
export const FEATURES = 1_024

export interface Guess {
  readonly kind: Kind
  /** Certainty, from 0 to 1. */
  readonly sure: number
}

/** Counts the trigrams of a text, by a hash of 10 bits, and scales the counts to length 1. */
export function countTrigrams(text: string, into: Float32Array): void {
  for (let at = 0; at + 2 < text.length; at++) {
    const code = text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2)
    const place = Math.imul(code, 0x9e3779b1) >>> 22
    into[place] = (into[place] as number) + 1
  }
  const length = Math.sqrt(into.reduce((sum, count) => sum + count * count, 0)) || 1
  for (let at = 0; at < into.length; at++) into[at] = (into[at] as number) / length
}

/** Holds the network: each worker loads it once. */
export class Classifier {
  readonly #path: string
  #session: InferenceSession | undefined

  constructor(path: string) {
    this.#path = path
  }

  async init(): Promise<void> {
    // The workers of the pool are what runs in parallel.
    env.wasm.numThreads = 1
    this.#session = await InferenceSession.create(await readFile(this.#path))
  }

  async call(texts: readonly string[]): Promise<Guess[]> {
    const features = new Float32Array(texts.length * FEATURES)
    for (const [i, text] of texts.entries()) countTrigrams(text, features.subarray(i * FEATURES, (i + 1) * FEATURES))
    const input = new Tensor('float32', features, [texts.length, FEATURES])
    const { chances } = await (this.#session as InferenceSession).run({ features: input })
    const all = chances?.data as Float32Array
    return texts.map((_, i) => {
      const own = all.subarray(i * KINDS.length, (i + 1) * KINDS.length)
      const sure = Math.max(...own)
      return { kind: KINDS[own.indexOf(sure)] as Kind, sure }
    })
  }

  async close(): Promise<void> {
    await this.#session?.release()
  }
}

export const kindOf: (text: string) => Promise<Guess> = batched(stateful(Classifier, 'kinds.onnx'), { size: 64 })
