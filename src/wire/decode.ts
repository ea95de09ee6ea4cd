// From the bytes of one frame to one TCP segment, in place.
//
// The common shapes, IPv4 or IPv6 with TCP on Ethernet, with one VLAN tag or none, and on Linux's
// "any", have a straight path of their own; any irregularity sends the frame down the general one, which walks
// layer by layer and gives the same result. The rules of both: no allocation, no closure, no string,
// no exception; 32-bit fields stay int32. The one exception is IP fragments, which are rare.

import { EMPTY_VIEW, Cursor, FRAME_BYTES_MAX } from './cursor.js'
import { type DecodeStatus, FRAGMENT, ICMP_ERROR, SEGMENT, TOO_DEEP } from './decode-status.js'
import { ENCAP_VLAN, EncapsulationTable } from './encapsulation.js'
import { decodeStraightIpv4, decodeStraightIpv6 } from './fast-path.js'
import { FragmentTable, KEPT_BYTES } from './fragments.js'
import { readIcmp } from './ip/icmp.js'
import { readIpVersion, readIpv4 } from './ip/ipv4.js'
import { readExtensions, readIpv6 } from './ip/ipv6.js'
import { readProtocol } from './ip/protocol.js'
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
import { SLL2_HEADER_LEN, SLL_HEADER_LEN } from './link/cooked.js'
import {
  ETHERNET_HEADER_LEN,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ETHERTYPE_VLAN,
  readEthernet,
  readEthertype,
} from './link/ethernet.js'
import {
  LINKTYPE_ETHERNET,
  LINKTYPE_LINUX_SLL,
  LINKTYPE_LINUX_SLL2,
  readLink,
} from './link/linktype.js'
import { readLlc } from './link/llc.js'
import { readMpls } from './link/mpls.js'
import { readChdlc, readPpp, readPppoe } from './link/ppp.js'
import { readWifi } from './link/wifi.js'
import { Segment } from './segment.js'
import { decodeQuotedTcp, decodeTcp } from './tcp/header.js'
import { readGre } from './tunnel/gre.js'
import { readNsh } from './tunnel/overlay.js'
import { readUdp } from './tunnel/udp.js'

/** Layers read in one frame at most, unless set; each encapsulation takes two to four. */
const MAX_LAYERS = 64

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
  readonly encapsulations: EncapsulationTable

  /**
   * What the offsets of `segment` and `quoted` point into: the view given to `decode`, or a copy of
   * the first bytes of a datagram put together from fragments. Valid until the next call.
   */
  segmentView: DataView = EMPTY_VIEW

  private readonly maxLayers: number
  private readonly cursor = new Cursor()
  /** The VLAN seen last, and its id: most captures have few, and they come in runs. */
  private lastVlan = -1
  private lastVlanId = 0
  private readonly fragments = new FragmentTable()

  /**
   * @param maxLayers Headers looked into in one frame; a frame with more is counted as too deep.
   * @param largestShown Largest number of a tunnel that the texts of encapsulations show as it is.
   */
  constructor(maxLayers: number = MAX_LAYERS, largestShown: number = Infinity) {
    this.maxLayers = maxLayers
    this.encapsulations = new EncapsulationTable(largestShown)
  }

  /**
   * Decodes the frame between `start` and `end` down to its innermost TCP segment.
   *
   * @param origlen Bytes of the frame on the wire; less than captured counts as captured.
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
      if (this.decodeStraight(view, view.getUint16(typeOffset), ip, end, wireEnd)) return SEGMENT
    }
    return this.decodeLayers(view, start, end, origlen, linktype, timeNs)
  }

  /** Decodes the usual shapes of IP packet at `ip`; false sends the frame down the general path. */
  private decodeStraight(
    view: DataView,
    type: number,
    ip: number,
    end: number,
    wireEnd: number,
  ): boolean {
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
    if (vlan !== this.lastVlan) {
      this.lastVlan = vlan
      this.lastVlanId = this.encapsulations.child(0, ENCAP_VLAN, vlan)
    }
    segment.encapsulation = this.lastVlanId
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
    const cursor = this.cursor
    cursor.reset(
      view,
      start,
      end,
      Math.max(start + Math.min(origlen, FRAME_BYTES_MAX), end),
      timeNs,
    )
    cursor.next = linktype
    let layer = LAYER_LINK
    for (let i = 0; i < this.maxLayers; i++) {
      layer = layer < LAYER_IP ? readLinkLayer(cursor, layer) : this.readNetworkLayer(layer)
      if (layer < FIRST_LAYER) return layer as DecodeStatus
    }
    return TOO_DEEP
  }

  private readNetworkLayer(layer: number): number {
    const cursor = this.cursor
    switch (layer) {
      case LAYER_IP:
        return readIpVersion(cursor)
      case LAYER_IPV4:
        return readIpv4(cursor)
      case LAYER_IPV6:
        return readIpv6(cursor)
      case LAYER_EXTENSIONS:
        return readExtensions(cursor)
      case LAYER_PROTOCOL:
        return readProtocol(cursor)
      case LAYER_UDP:
        return readUdp(cursor)
      case LAYER_GRE:
        return readGre(cursor)
      case LAYER_ICMP:
        return readIcmp(cursor)
      case LAYER_FRAGMENT:
        return this.readFragment()
      default:
        return this.readTcp()
    }
  }

  private readTcp(): number {
    const cursor = this.cursor
    this.segmentView = cursor.view
    if (!cursor.quoting) {
      const status = decodeTcp(cursor, this.segment)
      if (status === SEGMENT) this.segment.encapsulation = this.encapsulations.intern(cursor)
      return status
    }
    const status = decodeQuotedTcp(cursor, this.quoted)
    if (status !== ICMP_ERROR) return status
    this.quoted.encapsulation = this.encapsulations.intern(cursor)
    this.icmpType = cursor.icmpType
    this.icmpCode = cursor.icmpCode
    this.icmpFromTarget =
      cursor.icmpSrc0 === this.quoted.dst0 && cursor.icmpSrc3 === this.quoted.dst3
    return status
  }

  /** Puts the fragment to its datagram and goes on inside it when it is complete. */
  private readFragment(): number {
    const cursor = this.cursor
    if (cursor.fragmentLen > 0 && cursor.has(cursor.fragmentLen)) {
      const datagram = this.fragments.add(cursor)
      if (datagram === undefined) return FRAGMENT
      cursor.view = datagram.view
      cursor.pos = 0
      cursor.capEnd = Math.min(datagram.totalLen, KEPT_BYTES)
      cursor.wireEnd = datagram.totalLen
      cursor.next = datagram.protocol
      return cursor.ipVersion === 4 ? LAYER_PROTOCOL : LAYER_EXTENSIONS
    }
    // Cut by the capture length: the first fragment still tells of the connection, as in Wireshark.
    if (cursor.fragmentOffset > 0) return FRAGMENT
    cursor.loneFragment = cursor.fragmentMore
    return cursor.ipVersion === 4 ? LAYER_PROTOCOL : LAYER_EXTENSIONS
  }
}

/** Reads one layer below IP. */
function readLinkLayer(cursor: Cursor, layer: number): number {
  switch (layer) {
    case LAYER_ETHERNET:
      return readEthernet(cursor)
    case LAYER_ETHERTYPE:
      return readEthertype(cursor)
    case LAYER_LLC:
      return readLlc(cursor)
    case LAYER_PPP:
      return readPpp(cursor)
    case LAYER_PPPOE:
      return readPppoe(cursor)
    case LAYER_MPLS:
      return readMpls(cursor)
    case LAYER_WIFI:
      return readWifi(cursor)
    case LAYER_NSH:
      return readNsh(cursor)
    case LAYER_CHDLC:
      return readChdlc(cursor)
    default:
      return readLink(cursor)
  }
}
