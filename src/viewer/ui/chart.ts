// Draws the time line.

import uPlot from 'uplot'
import { msOfIso } from '../../base/clock-time.js'
import type { TimeLine } from '../model/time-line.js'
import { timeText } from './context.js'
import type { ToldIncident } from './incidents.js'
import { colourOf } from './look.js'
import { canvasFill } from './patterns.js'

const HEIGHT_PX = 190
/** Room for the numbers of incidents above the bars, px. */
const TOP_PX = 18
/** Width of a digit, px. */
const DIGIT_PX = 7
/** Drags that are shorter are clicks, px. */
const LEAST_DRAG_PX = 4

/** What the picture shows. */
export interface Drawing {
  readonly bins: TimeLine
  readonly verdicts: readonly string[]
  readonly incidents: readonly ToldIncident[]
  /** px. */
  readonly width: number
  readonly isLocal: boolean
  /** ms since 1970; infinite without a selection. */
  readonly selected: readonly [from: number, to: number]
  readonly onSelect: (fromMs: number, toMs: number) => void
}

/** Draws into an element. */
export function drawTimeLine(element: HTMLElement, drawing: Drawing): uPlot {
  const { bins, verdicts, width, isLocal } = drawing
  const used = verdicts.flatMap((verdict, at) =>
    bins.counts[at]?.some((n) => n > 0) === true
      ? [{ verdict, counts: bins.counts[at] ?? [] }]
      : [],
  )
  // Sums from below; the highest is drawn first, and the others over it.
  const sums: number[][] = []
  for (const { counts } of used) {
    const below = sums.at(-1)
    sums.push(counts.map((n, bin) => n + (below?.[bin] ?? 0)))
  }
  const layers = used.map(({ verdict }, at) => ({ verdict, sums: sums[at] ?? [] })).reverse()
  const [first = 0] = bins.times
  const last = (bins.times.at(-1) ?? 0) + bins.widthMs
  return new uPlot(
    {
      width,
      height: HEIGHT_PX,
      padding: [TOP_PX, 30, 0, 0],
      ms: 1,
      tzDate: (ms) => (isLocal ? new Date(ms) : uPlot.tzDate(new Date(ms), 'Etc/UTC')),
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
      },
      scales: {
        x: { time: true, range: () => [first, last] },
        y: { range: (_u, _min, max) => [0, Math.max(1, max * 1.05)] },
      },
      axes: axesOf(isLocal),
      series: [
        {},
        ...layers.map(({ verdict }) => ({
          label: verdict,
          stroke: 'transparent',
          width: 0,
          fill: (u: uPlot) => canvasFill(u.ctx, verdict, colourOf) as string,
          paths: barsOf(bins.times.length),
          points: { show: false },
        })),
      ],
      hooks: {
        draw: [(u) => drawIncidents(u, drawing)],
        ready: [(u) => showSelection(u, drawing)],
        setSelect: [(u) => select(u, drawing)],
      },
    },
    [[...bins.times], ...layers.map((layer) => layer.sums)],
    element,
  )
}

/** Numbers that a person counts in. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6]

function axesOf(isLocal: boolean): uPlot.Axis[] {
  const line = { stroke: colourOf('--line'), width: 1 }
  const axis = { stroke: colourOf('--ink-2'), font: '12px system-ui, sans-serif', ticks: line }
  return [
    {
      ...axis,
      grid: { show: false },
      space: 90,
      values: (_u, splits) => axisTexts(splits, isLocal),
    },
    { ...axis, size: (_u, texts) => sizeOf(texts), grid: line, incrs: STEPS },
  ]
}

/** Room for the longest number beside the bars, px. */
function sizeOf(texts: readonly string[] | null): number {
  const longest = Math.max(0, ...(texts ?? []).map(({ length }) => length))
  return Math.max(48, 20 + DIGIT_PX * longest)
}

/** Times of day, as short as they can be told apart, with the date below the first and wherever it changes. */
function axisTexts(splits: readonly number[], isLocal: boolean): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0)
  const length = step % 1000 !== 0 ? 'HH:MM:SS.mmm'.length : step % 60_000 === 0 ? 5 : 8
  let before = ''
  return splits.map((ms) => {
    const [date = '', clock = ''] = timeText(ms, isLocal, true).split(' ')
    const isNew = date !== before
    before = date
    const time = step % 86_400_000 === 0 ? '' : clock.slice(0, length)
    return isNew ? `${time}\n${date}` : time
  })
}

/** Bars that begin where their time does. */
function barsOf(bins: number): uPlot.Series.PathBuilder {
  const { bars } = uPlot.paths
  if (bars === undefined) throw new Error('bars cannot be drawn')
  // A line of background between bars that are wide enough.
  return bars({ size: [1, 60], align: 1, gap: bins > 80 ? 0 : 1 })
}

/** Shows what is filtered. */
function showSelection(u: uPlot, { selected: [from, to] }: Drawing): void {
  if (from === -Infinity && to === Infinity) return
  const { min = 0, max = 0 } = u.scales['x'] ?? {}
  const left = u.valToPos(Math.max(from, min ?? 0), 'x')
  const right = u.valToPos(Math.min(to, max ?? 0), 'x')
  const height = u.over.clientHeight
  u.setSelect({ left, top: 0, width: Math.max(1, right - left), height }, false)
}

/** Takes what was dragged over, in whole bars. */
function select(u: uPlot, { bins, onSelect }: Drawing): void {
  const { left, width } = u.select
  if (width < LEAST_DRAG_PX) return
  const { widthMs } = bins
  const from = Math.floor(u.posToVal(left, 'x') / widthMs) * widthMs
  const to = Math.ceil(u.posToVal(left + width, 'x') / widthMs) * widthMs
  onSelect(Math.round(from), Math.round(to))
}

/** A line with its number where an incident began, and a band as long as it took. */
function drawIncidents(u: uPlot, { incidents }: Drawing): void {
  const { ctx, bbox } = u
  const ratio = uPlot.pxRatio
  ctx.save()
  ctx.font = `bold ${11 * ratio}px system-ui, sans-serif`
  ctx.textAlign = 'center'
  const ink = colourOf('--ink')
  const marks: Mark[] = []
  for (const { number, incident } of incidents) {
    const x = u.valToPos(msOfIso(incident.start_time), 'x', true)
    const end = u.valToPos(msOfIso(incident.end_time), 'x', true)
    if (!(x >= bbox.left - 1 && x <= bbox.left + bbox.width + 1)) continue
    ctx.globalAlpha = 0.12
    ctx.fillStyle = ink
    ctx.fillRect(x, bbox.top, Math.max(0, Math.min(end, bbox.left + bbox.width) - x), bbox.height)
    ctx.globalAlpha = 1
    ctx.fillRect(x - ratio / 2, bbox.top - 4 * ratio, ratio, bbox.height + 4 * ratio)
    marks.push({ x, numbers: [number] })
  }
  for (const { x, numbers } of joinedMarks(marks, ratio))
    ctx.fillText(numbersText(numbers), x, bbox.top - 6 * ratio)
  ctx.restore()
}

/** Where incidents began, px of the canvas. */
interface Mark {
  readonly x: number
  readonly numbers: readonly number[]
}

/** Marks so far apart that the numbers above them can be read. */
function joinedMarks(marks: readonly Mark[], ratio: number): Mark[] {
  const joined: Mark[] = []
  for (const mark of marks.toSorted((a, b) => a.x - b.x)) {
    const last = joined.at(-1)
    const isNear =
      last !== undefined &&
      mark.x - last.x < 2 * DIGIT_PX * Math.min(2, last.numbers.length) * ratio
    if (!isNear) joined.push(mark)
    else joined[joined.length - 1] = { x: last.x, numbers: [...last.numbers, ...mark.numbers] }
  }
  return joined
}

/** "1, 3"; of more than two the first and last where all between them are there too. */
function numbersText(numbers: readonly number[]): string {
  if (numbers.length < 3) return numbers.join(', ')
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  return most - least + 1 === numbers.length ? `${least}–${most}` : `${least}, …`
}
