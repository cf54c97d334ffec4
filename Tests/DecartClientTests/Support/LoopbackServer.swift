import Glibc
import NIOCore
import Synchronization
import TestSupport

/// A server on a loopback port that speaks bytes, not HTTP, so that it can misbehave in every way. Each whole request
/// is answered by the next step of the script.
final class LoopbackServer: Sendable {
    struct Request: Sendable {
        /// Counted from 0 in the order the connections were accepted.
        var connection: Int
        var head: String
        var body: [UInt8]

        var line: String { String(head.prefix { $0 != "\r\n" }) }

        func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2, parts[0].lowercased() == name { return String(parts[1].drop { $0 == " " }) }
            }
            return nil
        }
    }

    enum Action: Sendable {
        case send(String)
        case sendBytes([UInt8])
        case close
        /// RST in place of FIN.
        case reset
        /// Leaves the connection open and says nothing more.
        case hang
        /// Goes on with blanks, one every few milliseconds, for as long as the client listens.
        case trickle
    }

    fileprivate struct State {
        var script: [[Action]]
        var requests: [Request] = []
        var connections = 0
        var guardian = SecondPostGuard()
    }

    fileprivate let state: Mutex<State>
    /// When set, a request counts as whole as soon as its head is there.
    fileprivate let answersHeads: Bool
    private let listener = Mutex<LoopbackListener?>(nil)

    private init(_ script: [[Action]], answersHeads: Bool) {
        state = Mutex(State(script: script))
        self.answersHeads = answersHeads
    }

    static func start(_ script: [[Action]], answersHeads: Bool = false) async throws -> LoopbackServer {
        let server = LoopbackServer(script, answersHeads: answersHeads)
        let listener = try await LoopbackListener.start { pipeline in try pipeline.addHandler(Connection(server)) }
        server.listener.withLock { $0 = listener }
        return server
    }

    var port: Int { listener.withLock { $0?.port ?? 0 } }
    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock { $0.requests } }
    var connections: Int { state.withLock { $0.connections } }

    func stop() async {
        await listener.withLock { $0 }?.stop()
    }

    /// The status that those actions answer with; nil if they do not come as far.
    fileprivate static func status(of actions: [Action]) -> Int? {
        for case .send(let text) in actions {
            if let status = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) { return status }
        }
        return nil
    }

    static func reply(_ status: Int, _ body: String = "", _ headers: String...) -> [Action] {
        let lines = headers.map { $0 + "\r\n" }.joined()
        return [.send("HTTP/1.1 \(status) Any\r\ncontent-length: \(body.utf8.count)\r\n\(lines)\r\n\(body)")]
    }
}

/// One connection: collects bytes until a request is whole, then plays the next step.
private final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: LoopbackServer
    private let number: Int
    private var bytes: [UInt8] = []
    /// Up to where there is no end of a head.
    private var searched = 0
    /// A head whose body has not come yet, and where that begins and ends.
    private var pending: (request: LoopbackServer.Request, start: Int, end: Int)?

    init(_ server: LoopbackServer) {
        self.server = server
        number = server.state.withLock { state in
            state.connections += 1
            return state.connections - 1
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += Array(unwrapInboundIn(data).readableBytesView)
        while let request = takeRequest() {
            let actions = server.state.withLock { state -> [LoopbackServer.Action] in
                state.requests.append(request)
                let words = request.line.split(separator: " ").map(String.init)
                let key = words.count > 1 ? SecondPostGuard.key(words[0], words[1]) : nil
                state.guardian.willSend(key)
                let actions = state.script.isEmpty ? [.close] : state.script.removeFirst()
                if let status = LoopbackServer.status(of: actions) {
                    state.guardian.got(status, for: key)
                } else {
                    state.guardian.failed(mayHaveArrived: true, for: key)
                }
                return actions
            }
            for action in actions { play(action, context) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// All servers and clients of these tests share two event loops: what was looked through is not looked through again.
    private func takeRequest() -> LoopbackServer.Request? {
        if pending == nil {
            guard let start = endOfHead() else {
                searched = max(0, bytes.count - 3)
                return nil
            }
            let head = String(decoding: bytes[..<start], as: UTF8.self)
            let request = LoopbackServer.Request(connection: number, head: head, body: [])
            let length = server.answersHeads ? 0 : request.header("content-length").flatMap { Int($0) } ?? 0
            pending = (request, start + 4, start + 4 + length)
        }
        guard let (head, start, end) = pending, bytes.count >= end else { return nil }
        var request = head
        request.body = Array(bytes[start..<end])
        bytes.removeFirst(server.answersHeads ? bytes.count : end)
        pending = nil
        searched = 0
        return request
    }

    /// Where the first blank line begins.
    private func endOfHead() -> Int? {
        bytes.withUnsafeBytes { all in
            guard let start = all.baseAddress else { return nil }
            var from = searched
            while from + 4 <= all.count, let found = memchr(start + from, 13, all.count - from) {
                let place = start.distance(to: UnsafeRawPointer(found))
                if place + 4 <= all.count, memcmp(found, "\r\n\r\n", 4) == 0 { return place }
                from = place + 1
            }
            return nil
        }
    }

    private func play(_ action: LoopbackServer.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .send(let text):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        case .sendBytes(let bytes):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        case .close:
            context.close(promise: nil)
        case .reset:
            // Closing with no time to linger is what sends an RST.
            (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                .assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        case .hang:
            break
        case .trickle:
            let channel = context.channel
            channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(10)) { task in
                guard channel.isActive else { return task.cancel() }
                channel.writeAndFlush(ByteBuffer(string: " "), promise: nil)
            }
        }
    }
}
