import DecartAPI
import DecartClient
import Glibc
import JobFleet
import JobJournal
import JournaledClient
import PlainErrors
import SeededNumbers
import Synchronization

/// `decart-lua work` without a script: submits each job, waits for it and saves its result.
struct WorkRun {
    let access: JournalAccess
    let settings: Worker.Settings
    var baseURL: String?
    var sidecars = true

    /// - Returns: the exit status.
    func run() async throws -> Int32 {
        try await access.withClient(baseURL: baseURL, sidecars: sidecars) { try await work($0) }
    }

    private func work(_ client: JournaledClient) async throws -> Int32 {
        let view = RecoveryView(clock: access.clock)
        defer { view.close() }
        let worker = try await Worker(
            client, settings, clock: access.clock, chance: Chance(), tell: { Console().error($0.onOneLine) },
            report: { row in
                view.remove(row.id)
                WorkReportLine(row).show()
            })
        let jobs = WorkTasks()
        let signal = Mutex<Int32?>(nil)
        let signals = StopSignals { number in
            signal.withLock { $0 = number }
            // Before the journal is asked for anything: what is not sent yet is not to be sent meanwhile.
            jobs.cancelAll()
            Task { await worker.drain() }
        } leave: {
            ProcessEnd.now(128 + $0)
        }
        let life = Task { await worker.keepAlive() }
        var failure: DecartError?
        do throws(DecartError) {
            while let row = try await worker.next() {
                jobs.start(row.id) {
                    await Self.bring(row, worker, view)
                    await worker.ended(row)
                }
            }
        } catch {
            failure = error
        }
        await jobs.wait()
        life.cancel()
        await life.value
        _ = signals
        await access.journal.finish(endedWell: false)
        if let failure { throw failure }
        if let number = signal.withLock({ $0 }) { return number == SIGTERM ? 0 : 128 + number }
        return worker.isAllDone ? 0 : 1
    }

    private static func bring(_ row: JobRow, _ worker: Worker, _ view: RecoveryView) async {
        let name = WorkReportLine(row).name
        do throws(DecartError) {
            try await worker.bring(row) { view.show(row.id, name, $0) }
        } catch {
            // What was written down of it is said when it has ended; the rest is the disk's, or the journal's.
            switch error.code {
            case .cancelled, .submitUnknown: break
            default: Console().error("\(name): \(error)".onOneLine)
            }
        }
    }
}

/// The jobs that a worker has under way, each in a task that can be cancelled.
private final class WorkTasks: Sendable {
    private struct State {
        var tasks: [String: Task<Void, Never>] = [:]
        var isCancelled = false
    }

    private let state = Mutex(State())

    func start(_ id: String, _ body: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            let task = Task { [self] in
                await body()
                _ = self.state.withLock { $0.tasks.removeValue(forKey: id) }
            }
            state.tasks[id] = task
            if state.isCancelled { task.cancel() }
        }
    }

    func cancelAll() {
        state.withLock { state in
            state.isCancelled = true
            for task in state.tasks.values { task.cancel() }
        }
    }

    func wait() async {
        while let task = state.withLock({ $0.tasks.values.first }) { await task.value }
    }
}

/// What became of a job, as a line.
struct WorkReportLine {
    private let row: JobRow

    init(_ row: JobRow) {
        self.row = row
    }

    var name: String { row.key ?? row.id }

    func show() {
        let line = "\(name): \(outcome)".onOneLine
        if row.state == .unknown { Console().error(line) } else { print(line) }
        Console.flush()
    }

    private var outcome: String {
        switch row.state {
        case .fetched: "saved as \(row.result ?? "")"
        case .failed: "failed: \(row.error ?? "Job failed")"
        case .expired: "expired: the server does not know it any more"
        case .refused: "refused: \(row.error ?? "")"
        case .wanted: "given back: nothing was sent\(row.error.map { ". \($0)" } ?? "")"
        case .unknown:
            "the reply was lost: there may be a job, and a bill. Look it up at the service, then say 'decart-lua jobs "
                + "resolve \(row.id) --job-id ID' or '--no-job'"
        case .accepted, .running, .completed: "left to whoever goes on with it"
        case .claimed, .sending, .consumed, .abandoned, .forgotten: row.state.rawValue
        }
    }
}
