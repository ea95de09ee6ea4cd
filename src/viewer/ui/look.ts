// Light and dark, and paper.

import { options } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** What a reader can choose. */
export const THEMES = ['auto', 'light', 'dark'] as const

/** One of {@link THEMES}. */
export type Theme = (typeof THEMES)[number]

/** The theme, how to change it, and what it comes to. */
export function useTheme(): readonly [Theme, (theme: Theme) => void, scheme: string] {
  const [theme, setTheme] = useState<Theme>('auto')
  const isDark = useMedia('(prefers-color-scheme: dark)')
  const scheme = theme === 'auto' ? (isDark ? 'dark' : 'light') : theme
  // Before anything is drawn in its colours.
  if (theme === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  return [theme, setTheme, scheme]
}

/** Whether the page is being printed. */
export function usePrinting(): boolean {
  const isPaper = useMedia('print')
  const [isTold, setTold] = useState(false)
  useEffect(() => {
    // Media queries are looked at when paper has been laid out, with the height of all rows.
    function begin(): void {
      atOnce(() => setTold(true))
    }
    function end(): void {
      setTold(false)
    }
    window.addEventListener('beforeprint', begin)
    window.addEventListener('afterprint', end)
    return () => {
      window.removeEventListener('beforeprint', begin)
      window.removeEventListener('afterprint', end)
    }
  }, [])
  return isPaper || isTold
}

/** Whether a media query holds, followed. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches)
  useEffect(() => {
    const list = matchMedia(query)
    function take(): void {
      atOnce(() => setMatches(list.matches))
    }
    take()
    list.addEventListener('change', take)
    return () => list.removeEventListener('change', take)
  }, [query])
  return matches
}

/** Draws a change before it returns: paper is laid out right after it was told of. */
function atOnce(change: () => void): void {
  options.debounceRendering = (draw) => draw()
  change()
  delete options.debounceRendering
}

/** A colour of the style sheet as it is now. */
export function colourOf(name: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${name})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
