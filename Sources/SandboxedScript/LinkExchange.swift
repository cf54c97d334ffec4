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
    }

    private struct State {
        var events: [Event] = []
        var next = 0
        var reader: CheckedContinuation<Event, Never>?
        var isOver = false
        /// Bytes of the reply that were taken and not yet told of.
        var taken = 0

        mutating func takeFirst() -> Event? {
            guard next < events.count else { return nil }
            defer {
                next += 1
                if next == events.count {
                    events = []
                    next = 0
                }
            }
            return events[next]
        }
    }

    let number: UInt32
    private let connection: LinkConnection
    private let onBegan: (@Sendable () -> Void)?
    private let state = Mutex(State())

    init(number: UInt32, connection: LinkConnection, onBegan: (@Sendable () -> Void)?) {
        self.number = number
        self.connection = connection
        self.onBegan = onBegan
    }

    /// From the link's thread.
    func deliver(_ event: Event) {
        if case .began = event {
            onBegan?()
            return
        }
        let reader = state.withLock { state -> CheckedContinuation<Event, Never>? in
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            state.events.append(event)
            return nil
        }
        reader?.resume(returning: event)
    }

    /// What comes next. A reader that is cancelled lets the keeper know, and waits for what that comes to.
    func next() async -> Event {
        if !Task.isCancelled, let event = state.withLock({ $0.takeFirst() }) { return event }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                let event = state.withLock { state -> Event? in
                    let event = state.takeFirst()
                    if event == nil { state.reader = reader }
                    return event
                }
                if let event { reader.resume(returning: event) }
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
