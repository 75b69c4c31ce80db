import { spawnSync } from 'node:child_process'

/** Names of network interfaces hold fifteen characters. */
const PREFIX = `mh${process.pid.toString(36)}`

let networks = 0

/** Machines in a network of a test's own: network namespaces, whose cables lead to one switch. */
export class Network implements Disposable {
  readonly #name = `${PREFIX}n${++networks}`
  readonly #namespaces: string[] = []

  constructor() {
    this.#add(this.#name)
    try {
      ip('-n', this.#name, 'link', 'add', 'switch', 'type', 'bridge')
      ip('-n', this.#name, 'link', 'set', 'switch', 'up')
    } catch (error) {
      this[Symbol.dispose]()
      throw error
    }
  }

  machine(): Machine {
    const number = this.#namespaces.length
    const name = `${this.#name}m${number}`
    this.#add(name)
    return new Machine(this.#name, name, number)
  }

  [Symbol.dispose](): void {
    // Their cables go with them.
    for (const name of this.#namespaces) ip('netns', 'delete', name)
  }

  #add(name: string): void {
    ip('netns', 'add', name)
    this.#namespaces.push(name)
  }
}

/** One of them, with an address and a cable. */
export class Machine {
  readonly name: string
  readonly address: string
  readonly #network: string
  readonly #plug: string

  constructor(network: string, name: string, number: number) {
    this.name = name
    this.address = `10.77.0.${number}`
    this.#network = network
    this.#plug = `plug${number}`
    ip('-n', network, 'link', 'add', this.#plug, 'type', 'veth', 'peer', 'name', 'cable', 'netns', this.name)
    ip('-n', this.name, 'address', 'add', `${this.address}/24`, 'dev', 'cable')
    for (const device of ['lo', 'cable']) ip('-n', this.name, 'link', 'set', device, 'up')
    ip('-n', network, 'link', 'set', this.#plug, 'up')
    this.find()
  }

  /** What stands before a command that runs on this machine; the process that is started becomes the command. */
  get before(): readonly string[] {
    return ['ip', 'netns', 'exec', this.name]
  }

  /** Its own end of the cable goes down: it sees that there is no network. */
  cut(): void {
    ip('-n', this.name, 'link', 'set', 'cable', 'down')
  }

  mend(): void {
    ip('-n', this.name, 'link', 'set', 'cable', 'up')
  }

  /** Whatever it sends is dropped, and nothing reaches it: all looks well to it. */
  lose(): void {
    ip('-n', this.#network, 'link', 'set', this.#plug, 'nomaster')
  }

  find(): void {
    ip('-n', this.#network, 'link', 'set', this.#plug, 'master', 'switch')
  }
}

/** Why there can be no networks here; undefined where there can be. */
export function whyNoNetworks(): string | undefined {
  try {
    using network = new Network()
    network.machine()
    return undefined
  } catch (error) {
    return `network namespaces cannot be made here: ${(error as Error).message}`
  }
}

function ip(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr.trim()}`)
}
