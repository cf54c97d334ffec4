import Dispatch
public import JobJournal
import RunClock
import Synchronization

/// Runs work on a connection's one thread. What is asked for while a transaction is on its way to the disk goes into
/// the next one together: sixty-four submits at once cost a few waits for the disk, not sixty-four.
///
/// A transaction that another one came between is repeated, and one whose connection broke off is repeated on a new
/// connection, since nobody knows whether it was committed: bodies are written so that a second time finds what the
/// first has done.
///
/// @unchecked: `connection` is touched on `queue` alone; everything else is immutable or behind a lock.
final class GroupCommit: @unchecked Sendable {
    enum Mode: Sendable {
        case read
        /// May be lost in a power cut, but not by the process's end.
        case relaxed
        case durable
    }

    /// How long a database that was there before may be away, and how often transactions may come in between.
    private static let patience: Duration = .seconds(30)
    private static let conflicts = 20
    private static let pauses: [Duration] = [.milliseconds(50), .milliseconds(200), .milliseconds(500), .seconds(1)]

    typealias Open = @Sendable () throws(JournalError) -> any SQLConnection

    private struct Pending: Sendable {
        var mode: Mode
        /// Does the work and keeps its result; throws what went wrong with the database.
        var attempt: @Sendable (any SQLConnection) throws(SQLError) -> Void
        /// Hands the kept result over, or this error.
        var conclude: @Sendable (JournalError?) -> Void
    }

    /// Where a test stops the process: around a transaction's commit.
    enum Moment: Sendable { case beforeCommit, afterCommit }

    private struct Line {
        var items: [Pending] = []
        /// Whether somebody is at work, who will come to what is in line.
        var isServed = false
    }

    /// How much shares a transaction: the first of many go on their way while the next, which are more, are being written.
    private static let firstBatch = 16
    private static let nextBatch = 64

    private let queue = DispatchQueue(label: "decart-lua.journal")
    private let clock: any RunClock
    /// Waits for a database take real time, whatever time the run has.
    private let waiting = SystemClock()
    private let open: Open
    private var connection: (any SQLConnection)?
    private var wasConnected = false
    private let line = Mutex(Line())
    let moment: (@Sendable (Moment) -> Void)?

    init(clock: any RunClock, moment: (@Sendable (Moment) -> Void)?, open: @escaping Open) {
        self.clock = clock
        self.moment = moment
        self.open = open
    }

    /// Runs `body` in a transaction, whether or not the calling task is cancelled. A body may be run more than once:
    /// only its last run counts.
    func run<Value: Sendable>(
        _ mode: Mode, _ body: @escaping @Sendable (any SQLConnection) throws(SQLError) -> Value
    ) async throws(JournalError) -> Value {
        clock.beginExternalWork()
        defer { clock.endExternalWork() }
        let kept = Mutex<Value?>(nil)
        let result: Result<Value, JournalError> = await withCheckedContinuation { continuation in
            let item = Pending(mode: mode) { connection throws(SQLError) in
                let value = try body(connection)
                kept.withLock { $0 = value }
            } conclude: { error in
                if let error { return continuation.resume(returning: .failure(error)) }
                guard let value = kept.withLock({ $0 }) else {
                    return continuation.resume(returning: .failure(JournalError(.other, "was not asked")))
                }
                continuation.resume(returning: .success(value))
            }
            let isFirst = line.withLock { line in
                line.items.append(item)
                defer { line.isServed = true }
                return !line.isServed
            }
            guard isFirst else { return }
            // Where runs are to be repeatable it is done here and now: a thread would end it at any time.
            if clock.isRepeatable { queue.sync { serve() } } else { queue.async { self.serve() } }
        }
        return try result.get()
    }

    private func serve() {
        var batch = Self.firstBatch
        while true {
            let items = line.withLock { line in
                let items = Array(line.items.prefix(batch))
                line.items.removeFirst(items.count)
                line.isServed = !items.isEmpty
                return items
            }
            if items.isEmpty { return }
            conclude(items)
            batch = Self.nextBatch
        }
    }

    private func conclude(_ items: [Pending]) {
        do throws(JournalError) {
            try perform(items)
            for item in items { item.conclude(nil) }
        } catch {
            guard items.count > 1, error.kind != .unreachable else {
                for item in items { item.conclude(error) }
                return
            }
            // One of them may have spoiled it for the others.
            for item in items {
                do throws(JournalError) {
                    try perform([item])
                    item.conclude(nil)
                } catch {
                    item.conclude(error)
                }
            }
        }
    }

    /// Runs these in one transaction, as often as it takes.
    private func perform(_ items: [Pending]) throws(JournalError) {
        let deadline = waiting.now + Self.patience
        var tries = 0
        while true {
            let connection: any SQLConnection
            do throws(JournalError) {
                connection = try opened()
            } catch {
                // One that was never there is more likely written wrong than away for a moment.
                guard error.kind == .unreachable, wasConnected, waiting.now < deadline else { throw error }
                pause(tries)
                tries += 1
                continue
            }
            if let refusal = connection.refusal, items.contains(where: { $0.mode != .read }) { throw refusal }
            do throws(SQLError) {
                return try transact(items, on: connection)
            } catch {
                switch error.kind {
                case .conflict where tries < Self.conflicts: break
                case .lost where waiting.now < deadline:
                    self.connection = nil
                    pause(tries)
                case .lost:
                    self.connection = nil
                    throw JournalError(error)
                default: throw JournalError(error)
                }
            }
            tries += 1
        }
    }

    /// Holds the thread up before the next try.
    private func pause(_ tries: Int) {
        let isOver = DispatchSemaphore(value: 0)
        waiting.wake(at: waiting.now + Self.pauses[min(tries, Self.pauses.count - 1)]) { isOver.signal() }
        isOver.wait()
    }

    private func opened() throws(JournalError) -> any SQLConnection {
        // One that could not be opened, or only for reading, is tried again: a full disk may have room by now.
        if let connection, connection.refusal == nil { return connection }
        let opened = try open()
        connection = opened
        wasConnected = true
        return opened
    }

    private func transact(_ items: [Pending], on connection: any SQLConnection) throws(SQLError) {
        let writes = items.contains { $0.mode != .read }
        do throws(SQLError) {
            try connection.exclusively { () throws(SQLError) in
                if writes { try connection.begin(durable: items.contains { $0.mode == .durable }) }
                for item in items { try item.attempt(connection) }
                if writes {
                    moment?(.beforeCommit)
                    try connection.commit()
                    moment?(.afterCommit)
                }
            }
        } catch {
            if writes { connection.rollback() }
            throw error
        }
    }
}

extension JournalError {
    public init(_ error: SQLError) {
        switch error.kind {
        case .busy: self.init(.busy, "is held by another process that does not let go of it")
        case .diskFull: self.init(.diskFull, "cannot be written: the disk is full")
        case .readOnly: self.init(.place, "cannot be written: \(error.message)")
        case .damaged: self.init(.damaged, "is damaged: \(error.message)")
        case .conflict: self.init(.busy, "is changed by others all the time")
        case .lost, .unreachable: self.init(.unreachable, "cannot be reached: \(error.message)")
        case .badAddress, .missingLibrary: self.init(.setup, "cannot be opened: \(error.message)")
        case .notMigrated:
            self.init(.notMigrated, "is in a database that has no journal yet (\(error.message))")
        case .other: self.init(.other, "cannot be used: \(error.message)")
        }
    }
}
