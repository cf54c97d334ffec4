import NIOCore
import NIOHTTP1
import NIOHTTP2

/// Adds our handlers to the pipelines of connections.
enum ReplyPipeline {
    /// Makes the generic types of a connection, once and on one thread. Where two threads make one at the same moment,
    /// each for the first connection on its loop, Swift's runtime may look into a type that is not complete yet, which
    /// ends the process.
    static let types: Void = {
        _ = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes))
    }()

    /// - Parameters:
    ///   - channel: a connection that has the HTTP client's own handlers but has not carried a request yet.
    ///   - reads: how much is read from its socket at a time.
    static func guardHTTP1(_ channel: any Channel, reads: ReadSizes) throws {
        try guardHTTP1(channel, recorder: HeadRecorder())
        let pipeline = channel.pipeline.syncOperations
        let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        try pipeline.addHandler(RequestTarget(), position: .after(parser))
        try reads.rule(channel)
    }

    /// - Parameter channel: a connection with a parser of replies.
    static func guardHTTP1(_ channel: any Channel, recorder: HeadRecorder) throws {
        let pipeline = channel.pipeline.syncOperations
        let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        try pipeline.addHandler(recorder, position: .before(parser))
        try pipeline.addHandler(ReplyGuard(recorder: recorder), position: .after(parser))
    }

    /// - Parameter channel: a stream that has the HTTP client's own handlers but has not carried its request yet.
    static func guardHTTP2(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let translator = try pipeline.handler(type: HTTP2FramePayloadToHTTP1ClientCodec.self)
        try pipeline.addHandler(HTTP2StatusGuard(), position: .before(translator))
        try pipeline.addHandler(ReplyGuard(), position: .after(translator))
        try pipeline.addHandler(RequestTarget(), position: .after(translator))
    }
}
