import NIOCore
import NIOHTTP1

/// Writes requests that were put into bytes beforehand, since polls differ in little but a job's id.
///
/// The parser of replies and the guards, which stand behind it, see a head and an end pass as they would with any other
/// encoder.
final class KeptRequestEncoder: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = ByteBuffer

    /// What the others see of any request.
    static let head = HTTPClientRequestPart.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"))

    /// What goes out at the next head.
    var next: ByteBuffer?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head = unwrapOutboundIn(data), let bytes = next else {
            promise?.succeed()
            return
        }
        next = nil
        context.write(wrapOutboundOut(bytes), promise: promise)
    }
}

/// The parts of a GET without a body that are the same for many.
struct KeptRequest: Sendable {
    /// Up to somewhere in the path.
    private let start: [UInt8]
    /// All that follows the path.
    private let end: [UInt8]

    /// - Parameters:
    ///   - path: in bytes that stand for themselves in a URL.
    ///   - headers: names and values that cannot end their line. See `KeptConnections.target(of:)`.
    init(_ path: String, host: String, headers: [(name: String, value: String)]) {
        start = Array("GET \(path)".utf8)
        let lines = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        end = Array(" HTTP/1.1\r\nhost: \(host)\r\n\(lines)\r\n".utf8)
    }

    /// The whole request.
    ///
    /// - Parameter rest: the rest of its path.
    func bytes(_ rest: String = "") -> ByteBuffer {
        var bytes = ByteBufferAllocator().buffer(capacity: start.count + rest.utf8.count + end.count)
        bytes.writeBytes(start)
        bytes.writeString(rest)
        bytes.writeBytes(end)
        return bytes
    }
}
