import Foundation
import Glibc
public import LiveDocument
import NIOCore
public import SandboxLink
import SandboxWalls
import Synchronization

/// The script process's end of the link: a socket that is written to from any thread and read on one of its own.
public final class LinkConnection: Sendable {
    private struct State {
        var lastNumber: UInt32 = 0
        var exchanges: [UInt32: LinkExchange] = [:]
        var questions: [UInt32: PendingAnswer] = [:]
    }

    /// An answer that a thread waits for.
    private final class PendingAnswer: Sendable {
        let isThere = DispatchSemaphore(value: 0)
        let answer = Mutex<LinkedAnswer?>(nil)
    }

    private let descriptor: Int32
    private let writing = Mutex(())
    /// Frames that leave with the next write.
    private let gathered = Mutex<[UInt8]>([])
    private let state = Mutex(State())
    private let closed: @Sendable () -> Never
    /// What comes without having been asked for.
    private let events = Mutex(Events())

    /// What the keeper tells of the display, on a thread that reads the link and may not write to it.
    public struct Events: Sendable {
        /// The last patch has been taken.
        public var patchTaken: @Sendable () -> Void = {}
        /// Somebody has done something in a page; to be told that the script has it, by `tookEvent`.
        public var event: @Sendable (DocumentEvent) -> Void = { _ in }
        /// Whether anybody can, now or later.
        public var presence: @Sendable (Bool) -> Void = { _ in }

        public init() {}
    }

    /// - Parameter closed: called on any thread when the keeper has gone, or is none.
    public init(descriptor: Int32, closed: @escaping @Sendable () -> Never) {
        self.descriptor = descriptor
        self.closed = closed
    }

    /// The first frame, read on the caller's thread: there may be no other yet.
    ///
    /// - Throws: if it is none.
    public static func greeting(on descriptor: Int32) throws(LinkFault) -> Greeting {
        var decoder = FrameDecoder(.toScript)
        var byte: UInt8 = 0
        // Byte by byte, so that what follows is left for the reader.
        while true {
            if let frame = try decoder.next() {
                guard frame.kind == .greeting else { throw LinkFault("a frame before the greeting") }
                return try Greeting(frame.payload)
            }
            let count = Glibc.read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { throw LinkFault("the keeper is gone") }
            decoder.add(CollectionOfOne(byte))
        }
    }

    /// Has events brought from now on.
    public func follow(_ events: Events) { self.events.withLock { $0 = events } }

    /// The script has an event.
    public func tookEvent() { send(Frame(.eventTaken)) }

    /// Tells of an error of the script's, which the page shows.
    public func report(_ error: String) {
        send(Frame(.report, 0, Array(error.utf8.prefix(FrameKind.report.limit))))
    }

    /// Tells that the process is about to end, and nothing of it is to stay.
    public func leave() { send(Frame(.leaves)) }

    /// Starts to read.
    public func start() {
        let thread = Thread { [self] in read() }
        thread.name = "link"
        thread.start()
    }

    private func read() -> Never {
        var decoder = FrameDecoder(.toScript)
        // In the order of the answers that they belong to.
        var files: [Int32] = []
        var arrived: [(exchange: LinkExchange, frame: Frame)] = []
        while receive(into: &decoder, &files) {
            do throws(LinkFault) {
                while let frame = try decoder.next() { try take(frame, &files, &arrived) }
            } catch {
                closed()
            }
            // All at once: whoever waits for them runs as soon as the first one is there.
            for (exchange, frame) in arrived { exchange.deliver(frame) }
            arrived.removeAll(keepingCapacity: true)
        }
        closed()
    }

    /// - Returns: false if the keeper is gone.
    private func receive(into decoder: inout FrameDecoder, _ files: inout [Int32]) -> Bool {
        var isThere = false
        decoder.receive(upTo: FrameKind.chunk.limit) { room in
            guard let (count, file) = try? HandedFile.receive(room, over: descriptor), count > 0 else { return 0 }
            if let file { files.append(file) }
            isThere = true
            return count
        }
        return isThere
    }

    private func take(
        _ frame: Frame, _ files: inout [Int32], _ arrived: inout [(exchange: LinkExchange, frame: Frame)]
    ) throws(LinkFault) {
        if frame.kind == .answer {
            var answer = try LinkedAnswer(frame.payload)
            if case .opened = answer {
                guard !files.isEmpty else { throw LinkFault("an open file without its descriptor") }
                answer = .opened(descriptor: files.removeFirst())
            }
            let pending = state.withLock { $0.questions.removeValue(forKey: frame.number) }
            pending?.answer.withLock { $0 = answer }
            pending?.isThere.signal()
            return
        }
        switch frame.kind {
        case .patchTaken: return events.withLock { $0 }.patchTaken()
        case .event: return events.withLock { $0 }.event(try DocumentEvent(frame.payload))
        case .presence: return events.withLock { $0 }.presence(frame.payload == [1])
        case .greeting: throw LinkFault("a second greeting")
        default: break
        }
        // Nobody may care any more.
        if let exchange = state.withLock({ $0.exchanges[frame.number] }) { arrived.append((exchange, frame)) }
    }

    /// What came from the keeper is no message.
    func giveUp() -> Never { closed() }

    /// Sends a frame. It blocks while the keeper has much to read, which it soon has read.
    func send(_ frame: Frame) {
        gathered.withLock { $0 += frame.bytes }
        sendGathered()
    }

    /// Sends a frame, where many are under way with those that other tasks send meanwhile: each write wakes the keeper.
    func sendTogether(_ frame: Frame) async {
        guard isFirstOfMany(frame) else { return }
        // Whoever is ready to run now runs before this goes on.
        await Task.yield()
        sendGathered()
    }

    /// The same from an event loop.
    func sendTogether(_ frame: Frame, from loop: any EventLoop) {
        guard isFirstOfMany(frame) else { return }
        loop.execute { self.sendGathered() }
    }

    /// Sends a frame at once where few are under way.
    ///
    /// - Returns: whether it waits for others, and is the first to do so.
    private func isFirstOfMany(_ frame: Frame) -> Bool {
        guard state.withLock({ $0.exchanges.count }) >= LinkCrowd.size else {
            send(frame)
            return false
        }
        return gathered.withLock { gathered in
            defer { gathered += frame.bytes }
            return gathered.isEmpty
        }
    }

    private func sendGathered() {
        writing.withLock { _ in
            // Under the lock: what was gathered first leaves first.
            let bytes = gathered.withLock { gathered in
                defer { gathered = [] }
                return gathered
            }
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    Glibc.write(descriptor, buffer.baseAddress.map { $0 + sent }, bytes.count - sent)
                }
                if count < 0, errno == EINTR { continue }
                // The reader finds out that there is no keeper any more.
                guard count > 0 else { return }
                sent += count
            }
        }
    }

    /// A new exchange; its number is its own until `close`.
    func open(
        onBegan: (@Sendable () -> Void)? = nil, onFrame: (@Sendable (Frame) -> Void)? = nil
    ) -> LinkExchange {
        state.withLock { state in
            repeat { state.lastNumber &+= 1 } while state.exchanges[state.lastNumber] != nil || state.lastNumber == 0
            let exchange = LinkExchange(
                number: state.lastNumber, connection: self, onBegan: onBegan, onFrame: onFrame)
            state.exchanges[state.lastNumber] = exchange
            return exchange
        }
    }

    func close(_ exchange: LinkExchange) {
        state.withLock { $0.exchanges[exchange.number] = nil }
    }

    /// Tells of a permission that was used.
    public func tell(_ use: LinkedUse) {
        // A path that is longer than the system's longest is told as far as it fits.
        let fitting = LinkedUse(kind: use.kind, what: Array(use.what.prefix(8 << 10)))
        send(Frame(.used, 0, fitting.payload))
    }

    /// Asks, and blocks the calling thread until the answer is there.
    public func ask(_ question: LinkedQuestion) -> LinkedAnswer {
        let pending = PendingAnswer()
        let number = state.withLock { state in
            repeat { state.lastNumber &+= 1 } while state.questions[state.lastNumber] != nil
            state.questions[state.lastNumber] = pending
            return state.lastNumber
        }
        send(Frame(.question, number, question.payload))
        pending.isThere.wait()
        return pending.answer.withLock { $0 } ?? .none(reason: "the keeper did not answer", isRefusal: false)
    }
}
