import DecartAPI
import DecartClient
import Glibc
import JobJournal
import JournaledClient
import PlainErrors
import Synchronization

/// Goes on with open jobs, several at a time, and shows how far each is.
struct RecoveryRun {
    private static let atATime = 8

    let access: JournalAccess
    var baseURL: String?
    /// For results whose script gave no path.
    var folder: String?
    /// Whether results are saved; else the jobs are only waited for.
    var fetches = true
    var sidecars = true

    /// - Parameters:
    ///   - run: only that run's jobs.
    ///   - only: only these jobs; nil: all that are open and nobody else's.
    /// - Returns: the exit status: 0 if everything that there was to fetch is there.
    func run(run: String? = nil, only: [JobRow]? = nil) async throws -> Int32 {
        guard access.exists else {
            print("There is nothing to go on with: the journal \(access.path) is empty.")
            return 0
        }
        return try await access.withClient(baseURL: baseURL, sidecars: sidecars) { client in
            do {
                return try await goOn(with: Recovery(client, folder: folder), run, only)
            } catch {
                await access.journal.finish(endedWell: false)
                throw error
            }
        }
    }

    private func goOn(with recovery: Recovery, _ run: String?, _ only: [JobRow]?) async throws -> Int32 {
        let adopted = try await recovery.adopt(run: run)
        let jobs = try await chosen(adopted, only, recovery)
        let work = Task { await bring(jobs, recovery) }
        let signals = StopSignals { _ in
            work.cancel()
        } leave: {
            ProcessEnd.now(128 + $0)
        }
        let results = await work.value
        _ = signals
        await access.journal.finish(endedWell: false)
        try await tellUnknown(run)
        if jobs.isEmpty { print("There is nothing to go on with.") }
        if work.isCancelled {
            let left = jobs.count - results.count
            Console().error("\(left) \(left == 1 ? "job is" : "jobs are") left; 'decart-lua resume' goes on with them")
            return 130
        }
        return results.allSatisfy(\.self) && results.count == jobs.count ? 0 : 1
    }

    private func chosen(
        _ adopted: [JobRow], _ only: [JobRow]?, _ recovery: Recovery
    ) async throws -> [JobRow] {
        guard let only else { return adopted.reversed() }
        var jobs: [JobRow] = []
        for wanted in only {
            if let job = adopted.first(where: { $0.id == wanted.id }) {
                jobs.append(job)
            } else if try await recovery.mayFetchAgain(wanted) {
                jobs.append(wanted)
            } else if wanted.state.isOpen || wanted.state.hasResult {
                throw MessageError(
                    "the job \(wanted.id) is under way in another process, or belongs to another server or API key")
            } else {
                throw MessageError("the job \(wanted.id) is \(wanted.state.rawValue): there is nothing to fetch")
            }
        }
        return jobs
    }

    /// - Returns: for each job that came to an end, whether that was a good one.
    private func bring(_ jobs: [JobRow], _ recovery: Recovery) async -> [Bool] {
        let view = RecoveryView(clock: access.clock)
        defer { view.close() }
        return await withTaskGroup(of: Bool?.self) { group in
            var waiting = jobs[...]
            var results: [Bool] = []
            func start() {
                guard let job = waiting.popFirst() else { return }
                let fetches = fetches
                group.addTask { await Self.bring(job, recovery, view, fetches: fetches) }
            }
            for _ in 0..<Self.atATime { start() }
            for await result in group {
                if let result { results.append(result) }
                start()
            }
            return results
        }
    }

    private static func bring(
        _ job: JobRow, _ recovery: Recovery, _ view: RecoveryView, fetches: Bool
    ) async -> Bool? {
        let name = job.key ?? job.jobID ?? job.id
        do throws(DecartError) {
            let outcome = try await recovery.bring(job, fetches: fetches) { view.show(job.id, name, $0) }
            view.remove(job.id)
            let end =
                switch outcome {
                case .completed: "completed"
                case .fetched(let path): "saved as \(path)"
                case .failed(let reason): "failed: \(reason)"
                case .expired: "expired: the server does not know it any more"
                }
            print("\(name): \(end)".onOneLine)
            Console.flush()
            switch outcome {
            case .completed, .fetched: return true
            case .failed, .expired: return false
            }
        } catch {
            view.remove(job.id)
            if error.code == .cancelled, Task.isCancelled { return nil }
            Console().error("\(name): \(error)".onOneLine)
            return false
        }
    }

    /// What no machine may go on with.
    private func tellUnknown(_ run: String?) async throws {
        let unknown = try await access.journal.jobs(JobQuery(states: [.unknown], run: run))
        guard let first = unknown.first else { return }
        let what = unknown.count == 1 ? "1 submit" : "\(unknown.count) submits"
        Console().error(
            "the reply to \(what) was lost: look at the service whether there is a job, then say 'decart-lua jobs resolve "
                + "\(first.id) --job-id ID' or '--no-job'; 'decart-lua jobs --state unknown' lists them")
    }
}
