// Reads a log of Zeek by the rules of its header lines, with no code of src/.

import { expect } from 'vitest'

/** A value of a log; undefined where it is unset. */
export type ZeekValue = string | number | boolean | readonly string[] | undefined

/** A log by its own header lines: separators, what is unset or empty, names and types. */
export function readZeekLog(text: string): Record<string, ZeekValue>[] {
  const lines = text.trimEnd().split('\n')
  const [, code = ''] = /^#separator \\x([0-9a-f]{2})$/.exec(lines[0] ?? '') ?? []
  const separator = String.fromCharCode(Number.parseInt(code, 16))
  const head = new Map<string, string[]>()
  for (const line of lines.slice(1).filter((each) => each.startsWith('#'))) {
    const [name = '', ...values] = line.slice(1).split(separator)
    head.set(name, values)
  }
  const one = (name: string): string => head.get(name)?.[0] ?? ''
  expect([...head.keys()]).toEqual([
    'set_separator',
    'empty_field',
    'unset_field',
    'path',
    'open',
    'fields',
    'types',
    'close',
  ])
  expect(one('path')).toBe('conn')
  for (const name of ['open', 'close']) expect(one(name)).toMatch(/^\d{4}(-\d\d){5}$/)
  const [fields = [], types = []] = [head.get('fields'), head.get('types')]
  expect(new Set(fields).size).toBe(fields.length)
  expect(types).toHaveLength(fields.length)
  const decoded = (cell: string): string =>
    Buffer.from(
      cell.replace(/\\x([0-9a-f]{2})/g, (_all, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      ),
      'latin1',
    ).toString()
  const valueOf = (cell: string, type: string): ZeekValue => {
    if (cell === one('unset_field')) return undefined
    if (/^(set|vector)\[/.test(type)) {
      return cell === one('empty_field') ? [] : cell.split(one('set_separator')).map(decoded)
    }
    if (['time', 'interval', 'count', 'port'].includes(type)) return Number(cell)
    return type === 'bool' ? cell === 'T' : decoded(cell)
  }
  return lines
    .filter((line) => !line.startsWith('#'))
    .map((line) => {
      const cells = line.split(separator)
      expect(cells).toHaveLength(fields.length)
      return Object.fromEntries(
        fields.map((name, at) => [name, valueOf(cells[at] ?? '', types[at] ?? '')]),
      )
    })
}
