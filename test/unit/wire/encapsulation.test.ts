import { describe, expect, test } from 'vitest'
import {
  ENCAP_GTP,
  ENCAP_IPIP,
  ENCAP_VLAN,
  ENCAP_VXLAN,
  EncapsulationTable,
  MAX_ENCAPSULATION_IDS,
  OTHER_ENCAPSULATION,
} from '../../../src/wire/encapsulation.js'
import { Cursor } from '../../../src/wire/cursor.js'

function stack(...pairs: readonly (readonly [kind: number, value: number])[]): Cursor {
  const cursor = new Cursor()
  for (const [kind, value] of pairs) cursor.enter(kind, value, 0)
  return cursor
}

describe('EncapsulationTable', () => {
  test('gives no encapsulation the id 0 and no text', () => {
    const table = new EncapsulationTable()
    expect(table.intern(stack())).toBe(0)
    expect(table.text(0)).toBe('')
  })

  test('gives the same stack the same id and other stacks others', () => {
    const table = new EncapsulationTable()
    const first = table.intern(stack([ENCAP_VLAN, 5], [ENCAP_VXLAN, 42]))
    const turned = table.intern(stack([ENCAP_VXLAN, 42], [ENCAP_VLAN, 5]))
    expect(table.intern(stack([ENCAP_VLAN, 5], [ENCAP_VXLAN, 42]))).toBe(first)
    expect(turned).not.toBe(first)
    expect(table.text(first)).toBe('vlan 5/vxlan 42')
    expect(table.text(turned)).toBe('vxlan 42/vlan 5')
  })

  test('writes values unsigned, in hexadecimal where that is usual, or not at all', () => {
    const table = new EncapsulationTable()
    expect(table.text(table.child(0, ENCAP_GTP, -1))).toBe('gtp teid 0xffffffff')
    expect(table.text(table.child(0, ENCAP_IPIP, 0))).toBe('ipip')
  })

  test('replaces values that are too large to be shown by numbers, the same for the same stack', () => {
    const table = new EncapsulationTable(0xffff)
    const ids = [0xffff, 0x10000, -1, 0x10000].map((value) => table.child(0, ENCAP_GTP, value))
    expect(ids.map((id) => table.text(id))).toEqual([
      'gtp teid 0xffff',
      'gtp teid #1',
      'gtp teid #2',
      'gtp teid #1',
    ])
  })

  test('finds every id again after growing', () => {
    const table = new EncapsulationTable()
    const ids = Array.from({ length: 5000 }, (_, i) => table.child(0, ENCAP_VXLAN, i * 7))
    expect(new Set(ids).size).toBe(5000)
    for (const [i, id] of ids.entries()) expect(table.child(0, ENCAP_VXLAN, i * 7)).toBe(id)
  })

  test('is bounded: what comes too late shares one id', () => {
    const table = new EncapsulationTable()
    for (let i = 0; i < MAX_ENCAPSULATION_IDS + 100; i++) table.child(0, ENCAP_GTP, i)
    const late = table.child(0, ENCAP_GTP, 1 << 30)
    expect(table.size).toBe(MAX_ENCAPSULATION_IDS)
    expect(table.text(late)).toBe(OTHER_ENCAPSULATION)
    expect(table.child(late, ENCAP_VLAN, 1)).toBe(late)
    expect(table.text(table.child(0, ENCAP_GTP, 3))).toBe('gtp teid 0x3')
  })

  test('makes texts when they are asked for, and no more of them than there is room', () => {
    const table = new EncapsulationTable()
    const deep: number[] = []
    for (let frame = 0; frame < 100; frame++) {
      let id = table.child(0, ENCAP_VXLAN, frame)
      for (let n = 0; n < 600; n++) id = table.child(id, ENCAP_VLAN, 4000)
      deep.push(id)
    }
    // Those in between have texts of 150 MB together; nobody has asked for them.
    expect(table.text(deep[3] ?? 0)).toBe(`vxlan 3${'/vlan 4000'.repeat(600)}`)
    for (let id = 0; id < table.size; id++) table.text(id)
    let chars = 0
    for (let id = 0; id < table.size; id++) chars += table.text(id).length
    expect(chars).toBeLessThan(9 << 20)
    expect(table.text(deep[3] ?? 0)).toContain('vxlan 3/')
    expect(table.text(deep[99] ?? 0)).toBe(OTHER_ENCAPSULATION)
  })
})
