// The colour of a verdict.

import type { Verdict } from '../verdict/endings.js'
import type { Style } from './style.js'

/** Puts the colour of a verdict on a text. */
export function paintVerdict(verdict: Verdict, text: string, { good, bad, warn }: Style): string {
  if (verdict === 'graceful_fin') return good(text)
  return verdict === 'lingering_established' || verdict === 'incomplete' ? warn(text) : bad(text)
}
