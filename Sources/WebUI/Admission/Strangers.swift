internal import NIOCore
internal import Synchronization

/// The connections that have not shown the token yet. Their number is limited: when one more comes, the one that has
/// been there longest is closed, so that many of them cannot keep pages out.
final class Strangers: Sendable {
    private struct Stranger {
        var channel: any Channel
        var number: Int
    }

    private struct State {
        var strangers: [ObjectIdentifier: Stranger] = [:]
        var next = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int = 64) {
        self.limit = limit
    }

    var count: Int { state.withLock { $0.strangers.count } }

    func arrived(_ channel: any Channel) {
        let surplus = state.withLock { state -> (any Channel)? in
            state.next += 1
            state.strangers[ObjectIdentifier(channel)] = Stranger(channel: channel, number: state.next)
            guard state.strangers.count > limit else { return nil }
            return state.strangers.values.min { $0.number < $1.number }?.channel
        }
        guard let surplus else { return }
        remove(surplus)
        surplus.close(promise: nil)
    }

    /// It has shown the token, or has gone.
    func remove(_ channel: any Channel) {
        state.withLock { _ = $0.strangers.removeValue(forKey: ObjectIdentifier(channel)) }
    }
}

/// Reports when its connection opens and closes.
final class StrangerHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let strangers: Strangers

    init(_ strangers: Strangers) {
        self.strangers = strangers
    }

    func handlerAdded(context: ChannelHandlerContext) { strangers.arrived(context.channel) }

    func channelInactive(context: ChannelHandlerContext) {
        strangers.remove(context.channel)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { strangers.remove(context.channel) }
}
