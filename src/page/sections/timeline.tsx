import type { VNode } from 'preact'

import { count, many } from '../../view/format/numbers.ts'
import { time } from '../../view/format/times.ts'
import { visibleText } from '../../view/format/visible-text.ts'
import type { View } from '../../view/view.ts'
import { LanesPicture } from '../charts/lanes-picture.tsx'

/** The work of each worker over time. The script draws it; without it there is a still picture. */
export function Timeline({ view }: { readonly view: View }): VNode {
  const { steps, lanes, attempts, end } = view
  const about = `${many(attempts, 'attempt')} on ${many(lanes.length, 'worker')} over ${time(end)}. Arrow keys move, plus and minus zoom, n goes to the next failure. The sections below tell the same in tables.`
  return (
    <section id="timeline" class="card">
      <header>
        <h2>Timeline</h2>
        <div class="tools" hidden>
          {steps.length > 1 && (
            <fieldset class="switch">
              <legend class="sr">Colour by</legend>
              <label>
                <input type="radio" name="by" value="step" checked />
                step
              </label>
              <label>
                <input type="radio" name="by" value="state" />
                outcome
              </label>
            </fieldset>
          )}
          <div class="buttons">
            <button data-key="n">next failure</button>
            <button data-key="+" aria-label="Closer">
              +
            </button>
            <button data-key="-" aria-label="Farther">
              −
            </button>
            <button data-key="0">all</button>
          </div>
        </div>
      </header>
      <ul class="legend" data-legend>
        {steps.length > 1 &&
          steps.map(({ name }, i) => (
            <li>
              <i class={`c${i % 8}`} />
              {visibleText(name)}
            </li>
          ))}
      </ul>
      <div class="stage" tabIndex={0} role="group" aria-label={about} hidden>
        <canvas class="overview" height="78" />
        <canvas class="lanes" />
        <div class="tip" hidden />
      </div>
      <div class="still">
        <LanesPicture view={view} />
        {lanes.length === 0 && <p class="note">Nothing ran.</p>}
      </div>
      <noscript>
        <p class="note">With its script the page shows single tasks here. Everything else needs none.</p>
      </noscript>
      <div class="detail" aria-live="polite" hidden>
        <p class="note">{timelineNote(view)}</p>
      </div>
      <form class="finder" role="search" hidden>
        <label for="find">Find</label>
        <input
          id="find"
          type="search"
          placeholder="part of an input, #123, failed, retried, worker:3, >2s"
          autocomplete="off"
          spellcheck={false}
        />
        <output />
      </form>
      <table class="found" hidden>
        <caption class="sr">Found tasks</caption>
        <tbody />
      </table>
    </section>
  )
}

/** Says what can be done with the timeline, and what of the run is in it. */
export function timelineNote({ singles, attempts, bins }: View): string {
  const part = singles.all
    ? `All ${count(attempts)} attempts are here.`
    : `Of ${count(attempts)} attempts the failed and the slowest are here one by one, the others as amounts of ${time(bins.ms)} each.`
  return `Drag over a stretch to see it closer, click a task for what is known of it. ${part}`
}
