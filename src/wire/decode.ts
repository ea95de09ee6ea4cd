// From the bytes of one frame to one TCP segment, in place.
//
// The common shapes, IPv4 or IPv6 with TCP on Ethernet, with one VLAN tag or none, and on Linux's
// "any", have a straight path of their own; any irregularity sends the frame down the general one, which walks
// layer by layer and gives the same result. The rules of both: no allocation, no closure, no string,
// no exception; 32-bit fields stay int32. The one exception is IP fragments, which are rare.

import { SLL2_HEADER_LEN, SLL_HEADER_LEN } from './link/cooked.js'
import { type DecodeStatus, FRAGMENT, ICMP_ERROR, SEGMENT, TOO_DEEP } from './decode-status.js'
import { ENCAP_VLAN, EncapsulationTable } from './encapsulation.js'
import {
  ETHERNET_HEADER_LEN,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_VLAN,
  readEthernet,
  readEthertype,
} from './link/ethernet.js'
import { FragmentTable, KEPT_OCTETS } from './fragments.js'
import { readGre } from './tunnel/gre.js'
import { readIcmp } from './ip/icmp.js'
import { readProtocol } from './ip/protocol.js'
import { readIpVersion, readIpv4 } from './ip/ipv4.js'
import { readExtensions, readIpv6 } from './ip/ipv6.js'
import {
  FIRST_LAYER,
  LAYER_CHDLC,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_EXTENSIONS,
  LAYER_FRAGMENT,
  LAYER_GRE,
  LAYER_ICMP,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_LINK,
  LAYER_LLC,
  LAYER_MPLS,
  LAYER_NSH,
  LAYER_PPP,
  LAYER_PPPOE,
  LAYER_PROTOCOL,
  LAYER_UDP,
  LAYER_WIFI,
} from './layers.js'
import {
  LINKTYPE_ETHERNET,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  readLink,
} from './link/linktype.js'
import { readLlc } from './link/llc.js'
import { readMpls } from './link/mpls.js'
import { readNsh } from './tunnel/overlay.js'
import { readChdlc, readPpp, readPppoe } from './link/ppp.js'
import { Segment } from './segment.js'
import { decodeStraightIpv4, decodeStraightIpv6 } from './fast-path.js'
import { decodeQuotedTcp, decodeTcp } from './tcp/header.js'
import { readUdp } from './tunnel/udp.js'
import { EMPTY_VIEW, Walk } from './cursor.js'
import { readWifi } from './link/wifi.js'

/** Layers read in one frame at most, unless set; each encapsulation takes two to four. */
const MAX_LAYERS = 64

/** No frame is longer on the wire, whatever its record says: sequence numbers could not count what is in it. */
const FRAME_BYTES_MAX = 16 * 1024 * 1024

/** IPv4 and TCP without options: the least that may take the straight path. */
const STRAIGHT_LEN_MIN = 40
const VLAN_TAG_LEN = 4
const VLAN_ID = 0x0fff

/** Decodes frames one after another. One per analysis: it holds fragments and encapsulations. */
export class Decoder {
  /** The segment, after `decode` returned SEGMENT; overwritten by the next call. */
  readonly segment: Segment = new Segment()
  /**
   * The TCP header quoted in an ICMP error, after `decode` returned ICMP_ERROR. With `headerCut`
   * only addresses, ports and seq are real: Wireshark then gives the packet no stream.
   */
  readonly quoted: Segment = new Segment()
  /** Type of the ICMP or ICMPv6 error around `quoted`; its IP version tells which. */
  icmpType = 0
  /** Code of the error, with the type. */
  icmpCode = 0
  /** The error comes from the host to which the quoted packet was sent, not from a router. */
  icmpFromTarget = false
  /** Texts of `segment.encapsulation`. */
  readonly encapsulations: EncapsulationTable = new EncapsulationTable()

  /**
   * What the offsets of `segment` and `quoted` point into: the view given to `decode`, or a copy of
   * the first octets of a datagram put together from fragments. Valid until the next call.
   */
  segmentView: DataView = EMPTY_VIEW

  readonly #maxLayers: number
  readonly #walk = new Walk()
  /** The VLAN seen last, and its id: most captures have few, and they come in runs. */
  #lastVlan = -1
  #lastVlanId = 0
  readonly #fragments = new FragmentTable()

  /** `maxLayers`: headers looked into in one frame; a frame with more is counted as too deep. */
  constructor(maxLayers: number = MAX_LAYERS) {
    this.#maxLayers = maxLayers
  }

  /**
   * Decodes the frame between `start` and `end` down to its innermost TCP segment.
   *
   * @param origlen Octets of the frame on the wire; less than captured counts as captured.
   * @param linktype LINKTYPE_ value of the frame.
   * @param timeNs Capture time, used only to forget old fragments.
   */
  decode(
    view: DataView,
    start: number,
    end: number,
    origlen: number,
    linktype: number,
    timeNs: number,
  ): DecodeStatus {
    if (this.segmentView !== view) this.segmentView = view
    let ip = start + ETHERNET_HEADER_LEN
    let typeOffset = ip - 2
    if (linktype !== LINKTYPE_ETHERNET) {
      // Of the other link types only these are common enough ("any" on Linux).
      if (linktype === LINKTYPE_LINUX_SLL) {
        ip = start + SLL_HEADER_LEN
        typeOffset = ip - 2
      } else if (linktype === LINKTYPE_LINUX_SLL2) {
        ip = start + SLL2_HEADER_LEN
        typeOffset = start
      } else {
        return this.decodeLayers(view, start, end, origlen, linktype, timeNs)
      }
    }
    if (end - ip >= STRAIGHT_LEN_MIN) {
      const wireEnd = origlen > end - start ? start + origlen : end
      if (this.#decodeStraight(view, view.getUint16(typeOffset), ip, end, wireEnd)) return SEGMENT
    }
    return this.decodeLayers(view, start, end, origlen, linktype, timeNs)
  }

  /** Decodes the usual shapes of IP packet at `ip`; false sends the frame down the general path. */
  #decodeStraight(view: DataView, type: number, ip: number, end: number, wireEnd: number): boolean {
    const segment = this.segment
    if (type === ETHERTYPE_IPV4) {
      segment.encapsulation = 0
      return decodeStraightIpv4(view, ip, end, wireEnd, segment)
    }
    if (type === ETHERTYPE_IPV6) {
      segment.encapsulation = 0
      return decodeStraightIpv6(view, ip, end, wireEnd, segment)
    }
    if (type !== ETHERTYPE_VLAN) return false
    const tagged = ip + VLAN_TAG_LEN
    const inner = view.getUint16(ip + 2)
    if (inner === ETHERTYPE_IPV4) {
      if (!decodeStraightIpv4(view, tagged, end, wireEnd, segment)) return false
    } else if (
      inner !== ETHERTYPE_IPV6 ||
      !decodeStraightIpv6(view, tagged, end, wireEnd, segment)
    ) {
      return false
    }
    const vlan = view.getUint16(ip) & VLAN_ID
    if (vlan !== this.#lastVlan) {
      this.#lastVlan = vlan
      this.#lastVlanId = this.encapsulations.child(0, ENCAP_VLAN, vlan)
    }
    segment.encapsulation = this.#lastVlanId
    return true
  }

  /** Decodes like {@link decode}, always layer by layer. */
  decodeLayers(
    view: DataView,
    start: number,
    end: number,
    origlen: number,
    linktype: number,
    timeNs: number,
  ): DecodeStatus {
    const walk = this.#walk
    walk.reset(view, start, end, Math.max(start + Math.min(origlen, FRAME_BYTES_MAX), end), timeNs)
    walk.next = linktype
    let layer = LAYER_LINK
    for (let i = 0; i < this.#maxLayers; i++) {
      layer = layer < LAYER_IP ? readLinkLayer(walk, layer) : this.#readNetworkLayer(layer)
      if (layer < FIRST_LAYER) return layer as DecodeStatus
    }
    return TOO_DEEP
  }

  #readNetworkLayer(layer: number): number {
    const walk = this.#walk
    switch (layer) {
      case LAYER_IP:
        return readIpVersion(walk)
      case LAYER_IPV4:
        return readIpv4(walk)
      case LAYER_IPV6:
        return readIpv6(walk)
      case LAYER_EXTENSIONS:
        return readExtensions(walk)
      case LAYER_PROTOCOL:
        return readProtocol(walk)
      case LAYER_UDP:
        return readUdp(walk)
      case LAYER_GRE:
        return readGre(walk)
      case LAYER_ICMP:
        return readIcmp(walk)
      case LAYER_FRAGMENT:
        return this.#readFragment()
      default:
        return this.#readTcp()
    }
  }

  #readTcp(): number {
    const walk = this.#walk
    this.segmentView = walk.view
    if (!walk.quoting) {
      const status = decodeTcp(walk, this.segment)
      if (status === SEGMENT) this.segment.encapsulation = this.encapsulations.intern(walk)
      return status
    }
    const status = decodeQuotedTcp(walk, this.quoted)
    if (status !== ICMP_ERROR) return status
    this.quoted.encapsulation = this.encapsulations.intern(walk)
    this.icmpType = walk.icmpType
    this.icmpCode = walk.icmpCode
    this.icmpFromTarget = walk.icmpSrc0 === this.quoted.dst0 && walk.icmpSrc3 === this.quoted.dst3
    return status
  }

  /** Puts the fragment to its datagram and goes on inside it when it is complete. */
  #readFragment(): number {
    const walk = this.#walk
    if (walk.fragmentLen > 0 && walk.has(walk.fragmentLen)) {
      const datagram = this.#fragments.add(walk)
      if (datagram === undefined) return FRAGMENT
      walk.view = datagram.view
      walk.pos = 0
      walk.capEnd = Math.min(datagram.totalLen, KEPT_OCTETS)
      walk.wireEnd = datagram.totalLen
      walk.next = datagram.protocol
      return walk.ipVersion === 4 ? LAYER_PROTOCOL : LAYER_EXTENSIONS
    }
    // Cut by the capture length: the first fragment still tells of the connection, as in Wireshark.
    if (walk.fragmentOffset > 0) return FRAGMENT
    walk.loneFragment = walk.fragmentMore
    return walk.ipVersion === 4 ? LAYER_PROTOCOL : LAYER_EXTENSIONS
  }
}

/** Reads one layer below IP. */
function readLinkLayer(walk: Walk, layer: number): number {
  switch (layer) {
    case LAYER_ETHERNET:
      return readEthernet(walk)
    case LAYER_ETHERTYPE:
      return readEthertype(walk)
    case LAYER_LLC:
      return readLlc(walk)
    case LAYER_PPP:
      return readPpp(walk)
    case LAYER_PPPOE:
      return readPppoe(walk)
    case LAYER_MPLS:
      return readMpls(walk)
    case LAYER_WIFI:
      return readWifi(walk)
    case LAYER_NSH:
      return readNsh(walk)
    case LAYER_CHDLC:
      return readChdlc(walk)
    default:
      return readLink(walk)
  }
}
