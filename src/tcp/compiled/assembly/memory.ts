// Words of the shared memory. `at` is an address in bytes; fields follow from the record definitions (layout.ts).

/** The int32 word `field` of the block at `at`. */
@inline
export function int(at: usize, field: i32): i32 {
  return load<i32>(at + (<usize>field << 2))
}

@inline
export function setInt(at: usize, field: i32, value: i32): void {
  store<i32>(at + (<usize>field << 2), value)
}

/** The float64 cell `field` of the block at `at`. */
@inline
export function float(at: usize, field: i32): f64 {
  return load<f64>(at + (<usize>field << 3))
}

@inline
export function setFloat(at: usize, field: i32, value: f64): void {
  store<f64>(at + (<usize>field << 3), value)
}

/** A 32-bit word in network byte order. */
@inline
export function word(at: usize): i32 {
  return bswap(load<i32>(at))
}

/** A 16-bit word in network byte order. */
@inline
export function half(at: usize): i32 {
  return (<i32>load<u8>(at) << 8) | <i32>load<u8>(at, 1)
}
