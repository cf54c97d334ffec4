import DequeModule
import NIOCore
import RunClock
import SandboxLink

// Frames on their way to the script process.
extension KeeperSession {
    /// When what was written is to leave.
    enum Departure {
        case none
        /// Within a moment, with what that brings.
        case later
        /// At the end of this round of the loop.
        case soon
    }

    /// Where requests are many, up to so many bytes wait for so long: each write wakes the script process, and where replies
    /// come one close behind the other it is woken once for several.
    private static let crowdBytes = 32 << 10
    private static let crowdWait: Duration = .microseconds(200)

    /// A frame that waits, with its payload where it is: it is copied when its turn comes.
    struct OutgoingFrame {
        var kind: FrameKind
        var number: UInt32
        var payload: ArraySlice<UInt8>
        /// Whoever waits until it is sent.
        var sender: CheckedContinuation<Void, Never>
    }

    /// From any thread; frames of one request keep their order.
    func send(_ frame: Frame) {
        let bytes = buffer(frame.kind, frame.number, frame.payload[...])
        if channel.eventLoop.inEventLoop { write(bytes) } else { onLoop { $0.write(bytes) } }
    }

    /// A frame as it travels.
    private func buffer(_ kind: FrameKind, _ number: UInt32, _ payload: ArraySlice<UInt8>) -> ByteBuffer {
        var buffer = channel.allocator.buffer(capacity: Frame.headerSize + payload.count)
        buffer.writeBytes(Frame.header(kind, number, payload.count))
        buffer.writeBytes(payload)
        return buffer
    }

    private func write(_ frame: ByteBuffer) {
        guard !handover.holds(frame) else { return }
        written += frame.readableBytes
        channel.write(frame, promise: nil)
        flushSoon()
    }

    private func flushSoon() {
        let waits = open.count >= LinkCrowd.size && written < Self.crowdBytes
        switch departure {
        case .soon: return
        case .later where waits: return
        case .none where waits:
            departure = .later
            settings.clock.wake(at: settings.clock.now + Self.crowdWait) { [self] in onLoop { $0.flush() } }
        case .none, .later:
            departure = .soon
            channel.eventLoop.execute { [self] in flush() }
        }
    }

    private func flush() {
        departure = .none
        written = 0
        channel.flush()
    }

    /// Sends one once the script process has taken enough of what was sent before: of all that is on its way to it, no
    /// more than a little is kept here.
    func sendInTurn(_ frame: Frame) async { await sendInTurn(frame.kind, frame.number, frame.payload[...]) }

    func sendInTurn(_ kind: FrameKind, _ number: UInt32, _ payload: ArraySlice<UInt8>) async {
        if channel.eventLoop.inEventLoop, outgoing.isEmpty, channel.isWritable {
            return write(buffer(kind, number, payload))
        }
        await withCheckedContinuation { sender in
            onLoop { session in
                session.outgoing.append(OutgoingFrame(kind: kind, number: number, payload: payload, sender: sender))
                session.drain()
            }
        }
    }

    func drain() {
        while channel.isWritable || !channel.isActive || isOver, let next = outgoing.popFirst() {
            write(buffer(next.kind, next.number, next.payload))
            next.sender.resume()
        }
    }
}
