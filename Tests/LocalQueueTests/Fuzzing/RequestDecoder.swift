import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Bytes as the server's connections read them, without a socket.
struct RequestDecoder {
    /// A request that began; its body may have broken off.
    struct Decoded {
        var head: HTTPRequest
        var body: [ByteBuffer] = []
        var isWhole = false
    }

    /// The requests in those chunks, up to the first that is not HTTP.
    static func decode(_ chunks: [ArraySlice<UInt8>]) throws -> [Decoded] {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false)
        try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        var decoded: [Decoded] = []
        for chunk in chunks {
            do {
                try channel.writeInbound(ByteBuffer(bytes: chunk))
            } catch {
                break
            }
        }
        while let part = try? channel.readInbound(as: HTTPRequestPart.self) {
            switch part {
            case .head(let head): decoded.append(Decoded(head: head))
            case .body(let bytes): decoded[decoded.count - 1].body.append(bytes)
            case .end: decoded[decoded.count - 1].isWhole = true
            }
        }
        return decoded
    }
}
