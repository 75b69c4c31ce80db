import { randomBytes } from 'node:crypto'

/** The subjects of one group. All begin with `mh.<group>.`, so that a server's permissions can confine a group. */
export interface Subjects {
  /** Asks all agents for their offers, which they send to the reply subject. */
  readonly ask: string
  /** Offers, which agents publish whenever they change. */
  readonly offers: string
  /** Questions to an agent. */
  agent(agent: string): string
  /** Packets of a session on their way to its agent; `*` for all of an agent. */
  toAgent(agent: string, session: string): string
  /** Questions to a client. */
  client(client: string): string
  /** Packets of a session on their way to its client; `*` for all of a client. */
  toClient(client: string, session: string): string
  /** A permit of a client for tasks that wait in the group; `*` for any. */
  permit(client: string, name: string): string
  /** News about permits between clients. */
  readonly permitNews: string
  /** The stream that holds the permits. */
  readonly queue: string
  /** The prefix of the subjects for replies. */
  readonly inbox: string
  /** The object store for large payloads. */
  readonly bucket: string
}

export function subjectsOf(group: string): Subjects {
  const root = `mh.${group}`
  return {
    ask: `${root}.ask`,
    offers: `${root}.offers`,
    agent: (agent) => `${root}.a.${agent}`,
    toAgent: (agent, session) => `${root}.a.${agent}.${session}`,
    client: (client) => `${root}.c.${client}`,
    toClient: (client, session) => `${root}.c.${client}.${session}`,
    permit: (client, name) => `${root}.q.${client}.${name}`,
    permitNews: `${root}.tickets`,
    queue: `MHQ_${group}`,
    inbox: `${root}.i`,
    bucket: `mh_${group}`,
  }
}

/** The last part of a subject: the session that a packet is of. */
export function sessionOf(subject: string): string {
  return subject.slice(subject.lastIndexOf('.') + 1)
}

/** Returns a name that cannot be guessed: 128 random bits, in characters that subjects may have. */
export function newName(): string {
  return randomBytes(16).toString('hex')
}
