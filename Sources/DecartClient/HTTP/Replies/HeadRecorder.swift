import NIOCore

/// Keeps the raw bytes of the response head that is being received. It stands in front of the parser, and as a rule
/// only holds a reference to the one buffer the head arrived in.
final class HeadRecorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// How many bytes are kept, roughly; no sensible head is longer.
    private static let limit = 64 << 10

    private var kept: ByteBuffer?
    private var isRecording = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isRecording { keep(unwrapInboundIn(data)) }
        context.fireChannelRead(data)
    }

    /// Whether something of the head has come.
    var hasBytes: Bool { kept != nil }

    func begin() {
        isRecording = true
        kept = nil
    }

    func end() {
        isRecording = false
        kept = nil
    }

    private func keep(_ bytes: ByteBuffer) {
        guard var kept else {
            self.kept = bytes
            return
        }
        guard kept.readableBytes < Self.limit else { return }
        self.kept = nil
        kept.writeImmutableBuffer(bytes)
        self.kept = kept
    }

    /// The value of a header in the first head that is not informational.
    ///
    /// - Parameter name: in lower case.
    func value(of name: String) -> [UInt8]? {
        guard let kept else { return nil }
        let lines = kept.readableBytesView.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .lazy.map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
        var isWanted = false
        var isStatusLine = true
        for line in lines {
            if isStatusLine {
                // The parser skips empty lines before a head, too.
                if line.isEmpty { continue }
                isWanted = line.split(separator: UInt8(ascii: " ")).dropFirst().first?.first != UInt8(ascii: "1")
                isStatusLine = false
            } else if line.isEmpty {
                if isWanted { return nil }
                isStatusLine = true
            } else if isWanted, let colon = line.firstIndex(of: UInt8(ascii: ":")),
                String(decoding: line[..<colon], as: UTF8.self).lowercased() == name
            {
                return Array(line[(colon + 1)...].trimming { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
            }
        }
        return nil
    }
}

extension BidirectionalCollection {
    fileprivate func trimming(_ isOut: (Element) -> Bool) -> SubSequence {
        let start = drop(while: isOut)
        return start.lastIndex { !isOut($0) }.map { start[...$0] } ?? start[start.endIndex...]
    }
}
