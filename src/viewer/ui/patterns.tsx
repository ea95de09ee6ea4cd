// The look of verdicts: a colour and a pattern each, so that nobody has to tell colours apart.

import type { JSX } from 'preact'

/** Size of a pattern's tile, px. */
const TILE = 8

/** Lines on a tile, as an SVG path; none for the plain colour. */
const LINES: Readonly<Record<string, string>> = {
  graceful_fin: '',
  rst_after_kill: 'M-2 2L2 -2M0 8L8 0M6 10L10 6',
  rst_abort: 'M-2 6L2 10M0 0L8 8M6 -2L10 2',
  keepalive_timeout: 'M0 4H8',
  lingering_established: 'M4 0V8',
  retransmission_timeout: 'M0 2H8M0 6H8',
  handshake_failed: 'M0 0L8 8M0 8L8 0',
  reset_other: 'M2 0V8M6 0V8',
  incomplete: 'M4 2V6M2 4H6',
}

/** Definitions that {@link fillOf} names; once in the page. */
export function Patterns(): JSX.Element {
  return (
    <svg class="definitions" width="0" height="0" aria-hidden="true" focusable="false">
      <defs>
        {Object.entries(LINES).map(([verdict, lines]) => (
          <pattern
            key={verdict}
            id={`verdict-${verdict}`}
            width={TILE}
            height={TILE}
            patternUnits="userSpaceOnUse"
          >
            <rect width={TILE} height={TILE} style={{ fill: `var(--${verdict})` }} />
            <path d={lines} class="hatch" />
          </pattern>
        ))}
      </defs>
    </svg>
  )
}

/** What fills shapes of a verdict. */
export function fillOf(verdict: string): string {
  return `url(#verdict-${verdict})`
}

/** A square in the look of a verdict, for beside its name. */
export function Swatch({ verdict }: { readonly verdict: string }): JSX.Element {
  return (
    <svg class="swatch" width="12" height="12" aria-hidden="true" focusable="false">
      <rect width="12" height="12" rx="2" fill={fillOf(verdict)} />
    </svg>
  )
}

/** A bar in parts, as wide as its share of `most`. The numbers stand beside it. */
export function StackedBar({
  parts,
  most,
}: {
  readonly parts: readonly (readonly [verdict: string, n: number])[]
  readonly most: number
}): JSX.Element {
  let from = 0
  return (
    <svg class="bar" width="100%" height="10" aria-hidden="true" focusable="false">
      {parts.map(([verdict, n]) => {
        const x = from
        from += n
        return n === 0 ? null : (
          <rect
            key={verdict}
            x={`${(100 * x) / most}%`}
            width={`${(100 * n) / most}%`}
            height="10"
            fill={fillOf(verdict)}
          />
        )
      })}
    </svg>
  )
}

/** The same look for a canvas; `element` is where the colours hold. */
export function canvasFill(
  context: CanvasRenderingContext2D,
  verdict: string,
  colour: (name: string) => string,
): CanvasPattern | string {
  const ratio = window.devicePixelRatio
  const tile = document.createElement('canvas')
  tile.width = tile.height = Math.round(TILE * ratio)
  const pen = tile.getContext('2d')
  if (pen === null) return colour(`--${verdict}`)
  pen.scale(tile.width / TILE, tile.height / TILE)
  pen.fillStyle = colour(`--${verdict}`)
  pen.fillRect(0, 0, TILE, TILE)
  pen.strokeStyle = colour('--hatch')
  pen.lineWidth = 1.2
  pen.stroke(new Path2D(LINES[verdict] ?? ''))
  return context.createPattern(tile, 'repeat') ?? colour(`--${verdict}`)
}
