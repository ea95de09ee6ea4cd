// Counts what became of connections, and how much of it came in bursts.
//
// Connections are not independent: a process that dies ends twelve of them in one moment, which is one event and not twelve.
// Taken as twelve it would be beyond every chance. So the connections that ended at one server in one second are taken
// together as a cluster, and for every outcome the sums are kept that tell how unevenly it is spread over clusters.

/** How often an outcome occurred, and how it is spread over the clusters. */
export interface Tally {
  /** Connections with the outcome. */
  readonly some: number
  /** All connections. */
  readonly all: number
  /** Sums over the clusters: with the outcome squared, the same times all, all squared. */
  readonly someSquared: number
  readonly someTimesAll: number
  readonly allSquared: number
}

interface Cluster {
  all: number
  readonly some: Map<string, number>
}

interface Sums {
  some: number
  squared: number
  timesAll: number
}

/** Counts connections by their outcomes. */
export class OutcomeCounts {
  all = 0
  private allSquared = 0
  private readonly sums = new Map<string, Sums>()
  /** Clusters that may grow, the oldest first. */
  private readonly clusters = new Map<string, Cluster>()
  private readonly mostClusters: number

  /** `mostClusters`: how many may grow; connections come in about the order of their ends, so that old ones do not. */
  constructor(mostClusters: number) {
    this.mostClusters = mostClusters
  }

  /** Adds a connection with all its outcomes, each once; `cluster` names where and when it ended. */
  add(cluster: string, outcomes: Iterable<string>): void {
    const here = this.clusterOf(cluster)
    this.all++
    here.all++
    for (const outcome of outcomes) here.some.set(outcome, (here.some.get(outcome) ?? 0) + 1)
  }

  /** Every outcome there is. */
  outcomes(): string[] {
    this.closeAll()
    return [...this.sums.keys()]
  }

  /** The tally of an outcome, which need not have occurred. */
  tallyOf(outcome: string): Tally {
    this.closeAll()
    const { some = 0, squared = 0, timesAll = 0 } = this.sums.get(outcome) ?? {}
    return {
      some,
      all: this.all,
      someSquared: squared,
      someTimesAll: timesAll,
      allSquared: this.allSquared,
    }
  }

  private clusterOf(name: string): Cluster {
    const known = this.clusters.get(name)
    if (known !== undefined) return known
    const [oldest] = this.clusters
    if (oldest !== undefined && this.clusters.size >= this.mostClusters) {
      this.clusters.delete(oldest[0])
      this.close(oldest[1])
    }
    const made = { all: 0, some: new Map<string, number>() }
    this.clusters.set(name, made)
    return made
  }

  private closeAll(): void {
    for (const cluster of this.clusters.values()) this.close(cluster)
    this.clusters.clear()
  }

  private close({ all, some }: Cluster): void {
    this.allSquared += all * all
    for (const [outcome, n] of some) {
      const sums = this.sums.get(outcome) ?? { some: 0, squared: 0, timesAll: 0 }
      sums.some += n
      sums.squared += n * n
      sums.timesAll += n * all
      this.sums.set(outcome, sums)
    }
  }
}
