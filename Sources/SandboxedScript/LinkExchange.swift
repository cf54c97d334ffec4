import DecartAPI
import SandboxLink
import Synchronization

/// One request to the keeper and what comes back, read by one task.
final class LinkExchange: Sendable {
    enum Event: Sendable {
        case head(LinkedHead)
        case chunk([UInt8])
        case end
        case failure(TransportError)
        case outcome(LinkedOutcome)
        case began

        init(_ frame: Frame) throws(LinkFault) {
            switch frame.kind {
            case .head: self = .head(try LinkedHead(frame.payload))
            case .chunk: self = .chunk(frame.payload)
            case .end: self = .end
            case .failure: self = .failure(try LinkedFailure(frame.payload).failure)
            case .outcome: self = .outcome(try LinkedOutcome(frame.payload))
            case .began: self = .began
            default: throw LinkFault("a frame that is about no request")
            }
        }
    }

    private struct State {
        var frames: [Frame] = []
        var next = 0
        var reader: CheckedContinuation<Frame, Never>?
        var isOver = false
        /// Bytes of the reply that were taken and not yet told of.
        var taken = 0

        mutating func takeFirst() -> Frame? {
            guard next < frames.count else { return nil }
            defer {
                next += 1
                if next == frames.count {
                    frames = []
                    next = 0
                }
            }
            return frames[next]
        }
    }

    let number: UInt32
    private let connection: LinkConnection
    private let onBegan: (@Sendable () -> Void)?
    private let onFrame: (@Sendable (Frame) -> Void)?
    private let state = Mutex(State())

    /// - Parameter onFrame: given each frame, on the link's thread, in place of a task that reads them.
    init(
        number: UInt32, connection: LinkConnection, onBegan: (@Sendable () -> Void)?,
        onFrame: (@Sendable (Frame) -> Void)?
    ) {
        self.number = number
        self.connection = connection
        self.onBegan = onBegan
        self.onFrame = onFrame
    }

    /// From the link's thread. What a frame says is read where it is waited for: memory that one thread takes and another
    /// gives back has both wait for each other.
    func deliver(_ frame: Frame) {
        if frame.kind == .began {
            onBegan?()
            return
        }
        if let onFrame { return onFrame(frame) }
        let reader = state.withLock { state -> CheckedContinuation<Frame, Never>? in
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            state.frames.append(frame)
            return nil
        }
        reader?.resume(returning: frame)
    }

    /// What comes next. A reader that is cancelled lets the keeper know, and waits for what that comes to.
    func next() async -> Event {
        event(await nextFrame())
    }

    /// What a frame says.
    func event(_ frame: Frame) -> Event {
        do throws(LinkFault) {
            return try Event(frame)
        } catch {
            connection.giveUp()
        }
    }

    private func nextFrame() async -> Frame {
        if !Task.isCancelled, let frame = state.withLock({ $0.takeFirst() }) { return frame }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                let frame = state.withLock { state -> Frame? in
                    let frame = state.takeFirst()
                    if frame == nil { state.reader = reader }
                    return frame
                }
                if let frame { reader.resume(returning: frame) }
            }
        } onCancel: {
            cancel()
        }
    }

    func cancel() {
        guard !state.withLock({ $0.isOver }) else { return }
        connection.send(Frame(.cancel, number))
    }

    /// Lets the keeper send more, once so much has been taken that it is worth a frame.
    func took(_ count: Int) {
        let taken = state.withLock { state -> Int? in
            state.taken += count
            guard state.taken >= ReplyWindow.step else { return nil }
            defer { state.taken = 0 }
            return state.taken
        }
        guard let taken else { return }
        var writer = FieldWriter()
        writer.add(UInt32(truncatingIfNeeded: taken))
        connection.send(Frame(.credit, number, writer.bytes))
    }

    /// Nothing more is wanted of it.
    func close() {
        state.withLock { $0.isOver = true }
        connection.close(self)
    }
}
