// A record is one entry of a capture: a time and the bytes of one frame. Readers hand it over in place.

/** How the records of a little-endian pcap lie: headers of 16 bytes, in front of frames without a frame check sequence. */
export interface Framing {
  readonly linktype: number
  /** What a unit of the second word of a header is worth. */
  readonly nsPerFraction: number
  /** Zero of the times. */
  readonly baseSeconds: number
  readonly baseRestNs: number
}

/** Receives the records of a capture, in file order. */
export interface RecordHandler {
  /**
   * Takes one record. The bytes are only valid during the call: copy what must outlive it.
   *
   * @param view The buffer that holds the record.
   * @param start Offset of the frame's first byte in `view`.
   * @param end Offset after the last captured byte; `end - start` is the caplen.
   * @param origlen Bytes the frame had on the wire, as the capture says.
   * @param linktype LINKTYPE_ value of the frame (https://www.tcpdump.org/linktypes.html), low 16 bits.
   * @param timeNs Capture time in ns after `CaptureClock.baseNs`; may run backwards. Exact within 104 days of it.
   * @param interfaceId Index of the interface in the section (pcapng), 0 for pcap.
   */
  onRecord(
    view: DataView,
    start: number,
    end: number,
    origlen: number,
    linktype: number,
    timeNs: number,
    interfaceId: number,
  ): void

  /** Called before the first record of a plain pcap, whose records {@link onRun} is asked to take from then on. */
  beginRun?(framing: Framing): void

  /**
   * Takes records of a plain pcap on its own, as many as it likes, in place of `onRecord`.
   *
   * @param start Offset of the header of the next record.
   * @param end Offset after the last byte that has been read.
   * @param info Where it counts what it takes.
   * @returns Offset of the header of the first record that it has not taken.
   */
  onRun?(view: DataView, start: number, end: number, info: { records: number }): number

  /**
   * Takes note of an entry that holds no frame but has a `frame.number` in Wireshark (a systemd
   * journal entry, a system call event), so that frame numbers stay equal to Wireshark's.
   *
   * @param timeNs Time of the record before it, as of `onRecord`.
   */
  onSkippedRecord?(timeNs: number): void
}
