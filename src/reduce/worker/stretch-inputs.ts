import type { ClassRegistry } from '../../wire/codec/class-registry.ts'
import { decode } from '../../wire/codec/decode.ts'
import { deserialize, serialize } from '../../wire/protocol/v8-bytes.ts'
import { readShaped } from '../../wire/shapes/shape-reader.ts'
import type { SentInputs } from './messages.ts'

/**
 * The inputs of a stretch in the worker. An input that a function has changed can be read again as it came.
 */
export class StretchInputs {
  readonly #sent: SentInputs
  readonly #classes: ClassRegistry | undefined
  /** Values that are no plain data, as bytes. */
  readonly #kept: Uint8Array | undefined
  #values: ArrayLike<unknown>
  #specials: Map<number, Parameters<typeof decode>[1]> | undefined

  /** `again`: inputs may be read more than once. */
  constructor(sent: SentInputs, classes: ClassRegistry | undefined, again: boolean) {
    this.#sent = sent
    this.#classes = classes
    this.#values = []
    if (again && 'values' in sent && sent.values.some((value) => typeof value === 'object' && value !== null))
      this.#kept = keep(sent)
    this.#read(sent)
  }

  /** @throws whatever its class throws, if an instance cannot be made. */
  at(offset: number): unknown {
    const value = this.#values[offset]
    const specials = this.#specials?.get(offset)
    return specials === undefined ? value : decode(value, specials, { classes: this.#classes })
  }

  /** Makes all inputs anew, as they came. */
  renew(): void {
    if (this.#kept !== undefined) this.#read(deserialize(this.#kept) as SentInputs)
    else if ('shaped' in this.#sent) this.#read(this.#sent)
  }

  #read(sent: SentInputs): void {
    if ('numbers' in sent) this.#values = sent.numbers
    else if ('shaped' in sent) this.#values = readShaped(sent.shaped)
    else {
      this.#values = sent.values
      this.#specials = sent.specials && new Map(sent.specials)
    }
  }
}

/** Returns undefined for values that cannot be kept: what shares memory or is a handle is used as it is. */
function keep(sent: SentInputs): Uint8Array | undefined {
  try {
    return serialize(sent)
  } catch {
    return undefined
  }
}
