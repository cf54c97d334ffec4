import Glibc
import JobJournal
import LiveDocument
import RunClock
import TerminalUI

/// `decart-lua jobs watch`: the jobs that are open, live, until there are none, and what became of each.
struct JobWatch {
    private static let interval: Duration = .seconds(1)

    private struct Watched {
        var job: ListedJob
        /// Whether it was among those that are watched when they were last looked at.
        var isThere = true
    }

    let access: JournalAccess
    let query: JobQuery

    func run() async throws -> Int32 {
        guard access.exists else {
            print("No jobs yet. Every job that a script submits is written to \(access.path).")
            return 0
        }
        let work = Task { try await watch() }
        let signals = StopSignals { _ in
            work.cancel()
        } leave: {
            ProcessEnd.now(128 + $0)
        }
        defer { _ = signals }
        return try await work.value
    }

    private func watch() async throws -> Int32 {
        let terminal = Renderers.terminal(.auto, .auto, access.clock, Console())
        let renderer: any DocumentRenderer =
            terminal ?? LineRenderer(.plain, clock: access.clock) { Console().line($0) }
        defer { renderer.close(.scriptEnded) }
        var document = LiveDocument()
        var query = query
        query.states = query.states ?? [.wanted, .claimed, .sending, .accepted, .running, .completed, .unknown]
        var elements: [ElementID] = []
        var watched: [Watched] = []
        while true {
            let jobs = try await access.journal.list(query)
            watched = try await present(watched, jobs)
            if watched.isEmpty { print("No such jobs are open.") }
            // Without a terminal there is a line for each change, and a time that goes by is none; and no heading.
            var table = JobTable.table(watched.map(\.job), now: terminal == nil ? nil : access.journal.now)
            table.isAligned = terminal != nil
            let lines = table.lines.dropFirst(terminal == nil || watched.isEmpty ? 1 : 0)
            for (index, line) in lines.enumerated() {
                if index == elements.count {
                    elements.append(document.createElement(.p))
                    document.append(elements[index], to: .body)
                }
                document.set(.textContent, of: elements[index], to: .text(line))
            }
            renderer.update(from: &document)
            if jobs.allSatisfy({ $0.state == .unknown }) { return 0 }
            do {
                try await access.clock.sleep(for: Self.interval)
            } catch {
                return 130
            }
        }
    }

    /// What is watched, as it is now, and behind it what is new.
    private func present(_ watched: [Watched], _ jobs: [ListedJob]) async throws -> [Watched] {
        var new = Dictionary(jobs.map { ($0.id, $0) }) { first, _ in first }
        var present: [Watched] = []
        for old in watched {
            if let job = new.removeValue(forKey: old.job.id) {
                present.append(Watched(job: job))
            } else if old.isThere {
                // It has ended since: how is what its watcher waits for.
                let job = try await access.journal.list(.named(old.job.id)).first { $0.id == old.job.id }
                present.append(Watched(job: job ?? old.job, isThere: false))
            } else {
                present.append(old)
            }
        }
        return present + jobs.reversed().filter { new[$0.id] != nil }.map { Watched(job: $0) }
    }
}
