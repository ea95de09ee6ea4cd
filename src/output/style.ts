// Colours of the table, by meaning.

import { styleText } from 'node:util'

/** Puts colours on text that is already padded. */
export interface Style {
  readonly heading: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly warn: (text: string) => string
  readonly faint: (text: string) => string
}

type Format = Parameters<typeof styleText>[0]

/** A style with or without colours. */
export function tableStyle(colour: boolean): Style {
  function paint(format: Format): (text: string) => string {
    return (text) => (colour ? styleText(format, text, { validateStream: false }) : text)
  }
  return {
    heading: paint('bold'),
    good: paint('green'),
    bad: paint('red'),
    warn: paint('yellow'),
    faint: paint('dim'),
  }
}
