import type { VNode } from 'preact'

import { count, many, rate } from '../../view/format/numbers.ts'
import { time } from '../../view/format/times.ts'
import { visibleText } from '../../view/format/visible-text.ts'
import type { AgentRow, ClusterState } from '../../view/live/messages.ts'
import { Parts, Spark } from '../charts/small-charts.tsx'
import { Scroll, Tile } from '../sections/words.tsx'

/** Looks for which the throughput has room at first. */
const ROOM = 90

/** The workers of a group on other machines. */
export function ClusterPage({ cluster }: { readonly cluster: ClusterState }): VNode {
  const { agents, group, servers, problem, rates } = cluster
  const sum = (of: (agent: AgentRow) => number): number => agents.reduce((total, agent) => total + of(agent), 0)
  const [slots, busy, waiting] = [sum((one) => one.slots), sum((one) => one.busy), sum((one) => one.waiting)]
  const hosts = new Set(agents.map(({ host }) => host)).size
  const clients = sum((one) => one.clients)
  return (
    <main id="main">
      <section class="hero">
        <p class="eyebrow mono">{visibleText(servers)}</p>
        <h1>
          Group {visibleText(group)}{' '}
          {problem === undefined ? (
            <span class={`pill ${slots > 0 ? 'good' : ''}`}>{many(slots, 'worker')}</span>
          ) : (
            <span class="pill bad">✕ no broker</span>
          )}
        </h1>
        {problem !== undefined && (
          <p class="note bad" role="alert">
            {visibleText(problem)}. Below is how it was before.
          </p>
        )}
        <dl class="tiles">
          <Tile name="workers" value={count(slots)} more={`on ${many(hosts, 'machine')}`} />
          <Tile
            name="busy"
            value={count(busy)}
            more={slots === 0 ? '' : `${Math.round((busy / slots) * 100)} % of them`}
          />
          <Tile name="lent" value={count(sum((one) => one.lent))} more={`to ${many(clients, 'client')}`} />
          <Tile name="waiting" value={count(waiting)} more={waiting === 1 ? 'batch' : 'batches'} />
          <Tile name="done" value={rate(rates.at(-1) ?? 0)} more="batches" />
        </dl>
      </section>
      <section class="card" id="throughput">
        <header>
          <h2>Throughput</h2>
          <p>batches done per second, since this page is open; {rate(Math.max(0, ...rates))} at most</p>
        </header>
        <div class="throughput">
          <Spark values={padded(rates)} label={`Batches done per second: ${rate(rates.at(-1) ?? 0)} now`} />
        </div>
      </section>
      <section class="card" id="agents">
        <header>
          <h2>Agents</h2>
          <p>{agents.length === 0 ? 'none answers' : many(agents.length, 'process', 'processes')}</p>
        </header>
        {agents.length === 0 ? (
          <p class="note">
            Start some:{' '}
            <code class="copy">
              manyhands worker --server {visibleText(servers)} --group {visibleText(group)} MODULE
            </code>
          </p>
        ) : (
          <Agents agents={agents} />
        )}
      </section>
    </main>
  )
}

/** Leaves room for what will come, so that the first looks are not as wide as the page. */
function padded(rates: readonly number[]): number[] {
  return [...rates, ...new Array<number>(Math.max(0, ROOM - rates.length)).fill(0)]
}

function Agents({ agents }: { readonly agents: readonly AgentRow[] }): VNode {
  return (
    <Scroll label="The agents in figures">
      <table>
        <thead>
          <tr>
            <th>machine</th>
            <th>busy</th>
            <th class="r">lent</th>
            <th class="r">clients</th>
            <th class="r">waiting</th>
            <th class="r">batches</th>
            <th class="r">rate</th>
            <th class="r">up</th>
            <th class="third">modules</th>
          </tr>
        </thead>
        <tbody>
          {agents.map((agent) => (
            <tr key={agent.agent}>
              <td>
                <bdi>{visibleText(agent.host)}</bdi> <span class="dim">{agent.pid}</span>
                {agent.draining && <span class="tag">ending</span>}
              </td>
              <td class="nowrap">
                <Parts
                  className="meter"
                  parts={agent.busy > 0 ? [{ color: 'ok', n: agent.busy }] : []}
                  total={Math.max(1, agent.slots, agent.busy)}
                />{' '}
                {agent.busy}/{agent.slots}
              </td>
              <td class="r">{count(agent.lent)}</td>
              <td class="r">{count(agent.clients)}</td>
              <td class="r">{count(agent.waiting)}</td>
              <td class="r">{count(agent.done)}</td>
              <td class="r">{rate(agent.rate)}</td>
              <td class="r">{time(agent.uptime)}</td>
              <td>
                {agent.modules.map((name) => (
                  <span class="tag">{visibleText(name)}</span>
                ))}
                {agent.allowsCode && <span class="tag">any code</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
