// How many interfaces captures may declare at one time: each has to be kept, as a later record may be its.

/** Limit against captures that are made of nothing but interfaces: some 80 MB. */
const MAX_INTERFACES = 1 << 18

/** What is left of the limit, for all captures that are read at the same time. */
export class InterfaceBudget {
  readonly most: number
  left: number

  constructor(most: number = MAX_INTERFACES) {
    this.most = most
    this.left = most
  }
}
