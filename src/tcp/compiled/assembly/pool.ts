// The pools of records, as tcp/record-pool.ts keeps them. `pool` is the address of the head: the number of the first free record
// plus one, how many are in use, and how many ever were. The first word of a free one holds the number of the next, plus one.

let capacity: i32 = 0

/** Tells how many records there is room for, in every pool. */
export function placePools(records: i32): void {
  capacity = records
}

/** Whether a record can be taken. */
@inline
export function hasFree(pool: usize): bool {
  return load<i32>(pool) != 0 || load<i32>(pool, 8) < capacity
}

/** Takes a record of a pool that has one; it is zero. */
export function take(pool: usize, records: usize, bytes: i32): i32 {
  store<i32>(pool, load<i32>(pool, 4) + 1, 4)
  const again = load<i32>(pool) - 1
  if (again < 0) {
    const fresh = load<i32>(pool, 8)
    store<i32>(pool, fresh + 1, 8)
    return fresh
  }
  const at = records + <usize>(<u32>again * bytes)
  store<i32>(pool, load<i32>(at))
  memory.fill(at, 0, <usize>bytes)
  return again
}
