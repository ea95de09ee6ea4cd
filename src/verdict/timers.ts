// How long the timers of a host run, as far as an observer can rely on it, and timers that are known by name.

/** A timer is late by an eighth at most (the granularity of the kernel's timer wheel), never early. */
export const LATE = 1.125
/** From here on an answer that did not come within the capture is likely to be missing. */
export const ANSWER_NS = 1e9
/** No Linux retransmission timer waits longer (TCP_RTO_MAX), lateness included. */
export const LONGEST_WAIT_NS: number = 120e9 * LATE
/** What Linux and BSD wait between two keepalive probes by default (tcp_keepalive_intvl). */
export const DEFAULT_PROBE_INTERVAL_NS = 75e9

/** A timer that products are known for. */
export interface KnownTimer {
  readonly seconds: number
  /** Whose default it is, in words that follow "consistent with". */
  readonly name: string
}

/** Timers after which idle connections are closed, reset or forgotten, by default. */
export const IDLE_TIMERS: readonly KnownTimer[] = [
  { seconds: 5, name: 'a timeout of 5 s, as Node.js and Apache httpd have for keep-alive' },
  { seconds: 15, name: 'a keep-alive timeout of 15 s' },
  { seconds: 20, name: 'a timeout of 20 s, as Tomcat has for keep-alive' },
  { seconds: 30, name: 'a timeout of 30 s' },
  { seconds: 60, name: 'a timeout of 60 s, as AWS ALB and many proxies have for idle connections' },
  { seconds: 65, name: 'a keep-alive timeout of 65 s' },
  { seconds: 75, name: 'a timeout of 75 s, as nginx has for keep-alive' },
  { seconds: 120, name: 'an idle timeout of 2 min (IIS)' },
  { seconds: 180, name: 'an idle timeout of 3 min' },
  { seconds: 240, name: 'the idle timeout of the Azure load balancer (4 min)' },
  { seconds: 300, name: 'an idle timeout of 5 min (F5 BIG-IP, Redis and database setups)' },
  {
    seconds: 350,
    name: 'the idle timeout of an AWS NLB, NAT gateway or Gateway Load Balancer (350 s)',
  },
  { seconds: 600, name: 'the idle timeout of Google Cloud (10 min)' },
  { seconds: 900, name: 'an idle timeout of 15 min (IPVS)' },
  { seconds: 1800, name: 'an idle timeout of 30 min' },
  { seconds: 3600, name: 'the idle timeout of Envoy, Cisco ASA or PAN-OS (1 h)' },
  { seconds: 7200, name: 'the keepalive time of most systems (2 h)' },
  { seconds: 28_800, name: 'the wait_timeout of MySQL (8 h)' },
  { seconds: 432_000, name: 'the established timeout of Linux conntrack (5 days)' },
]

/** Timers after which half-closed connections are forgotten, by default. */
export const HALF_CLOSED_TIMERS: readonly KnownTimer[] = [
  { seconds: 30, name: 'the half-closed timeout of several firewalls (30 s)' },
  {
    seconds: 60,
    name: 'tcp_fin_timeout of Linux, the close-wait timeout of conntrack or FIN-WAIT of IPVS (60 s)',
  },
  { seconds: 120, name: 'the FIN-WAIT timeout of Linux conntrack (2 min)' },
  { seconds: 240, name: 'a half-closed timeout of 4 min' },
  { seconds: 300, name: 'a half-closed timeout of 5 min' },
  { seconds: 600, name: 'the half-closed timeout of Cisco ASA (10 min)' },
  { seconds: 900, name: 'the closing timeout of pf (15 min)' },
  { seconds: 3600, name: 'a half-closed timeout of 1 h (Envoy, proxies)' },
]

/** How far a time may lie from a timer: two hundredths, or half a second where that is more; hardly early. */
const TOLERANCE = 0.02
const TOLERANCE_S = 0.5
const EARLY = 0.25

/** The known timer that fits a time, undefined for none. */
export function knownTimer(timers: readonly KnownTimer[], ns: number): KnownTimer | undefined {
  return timers.find(({ seconds }) => {
    const over = ns / 1e9 - seconds
    const most = Math.max(TOLERANCE_S, TOLERANCE * seconds)
    return over <= most && over >= -EARLY * most
  })
}
